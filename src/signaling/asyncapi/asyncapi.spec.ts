import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS, encodeFrame } from '@parley/protocol';
import { Ajv } from 'ajv';
import { parseClientMessage } from '../codec/client-message.schema.js';
import { asyncApi } from './asyncapi.js';

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: { readonly required?: readonly string[] };
  readonly examples: readonly [{ readonly payload: Record<string, unknown> }];
}
interface Document {
  readonly channels: { readonly signaling: { readonly address: string; readonly messages: Record<string, object> } };
  readonly operations: Record<string, { readonly action: string; readonly messages: readonly { $ref: string }[] }>;
  readonly components: { readonly messages: Record<string, Message> };
}

/** As a client receives it: through JSON. */
const document = JSON.parse(JSON.stringify(asyncApi(DEFAULT_LIMITS))) as Document;
const messages = Object.entries(document.components.messages);
const find = (path: string): unknown =>
  path
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

/** Every `type` in the source of the protocol. */
const typesOf = (side: 'client' | 'server'): string[] => {
  const source = readFileSync(new URL(`../../../protocol/src/${side}-messages.ts`, import.meta.url), 'utf8');
  return [...source.matchAll(/^ {2}readonly type: '(\w+)';$/gm)].map(([, type]) => `${side}.${type}`);
};

describe('the AsyncAPI document', () => {
  it('names no server', () => {
    expect(document).not.toHaveProperty('servers');
    expect(JSON.stringify(document)).not.toMatch(/localhost/);
  });

  it('has every message of the protocol exactly once', () => {
    const known = [...typesOf('client'), ...typesOf('server')].sort();
    expect(known).toEqual(expect.arrayContaining(['client.hello', 'client.signal', 'server.welcome', 'server.signal']));
    expect(Object.keys(document.components.messages).sort()).toEqual(known);
    expect(Object.keys(document.channels.signaling.messages).sort()).toEqual(known);
    expect(document.channels.signaling.address).toBe('/v1/signaling');
  });

  it('has an operation for each client message, and one that sends all server messages', () => {
    const { tell, ...requests } = document.operations;
    const sent = Object.values(requests).flatMap(({ messages: list }) => list.map(({ $ref }) => $ref.split('/').pop()));
    expect(sent.sort()).toEqual(typesOf('client').sort());
    expect(tell?.messages.map(({ $ref }) => $ref.split('/').pop()).sort()).toEqual(typesOf('server').sort());
    for (const { action } of Object.values(requests)) expect(action).toBe('receive');
    expect(tell?.action).toBe('send');
  });

  it('has no dangling reference', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, path]) => path as string);
    expect(references.length).toBeGreaterThan(100);
    for (const path of references) expect([path, typeof find(path)]).toEqual([path, 'object']);
  });

  it.each(messages)('%s: its schema accepts the example, but no other type and no missing field', (_, message) => {
    const accepts = new Ajv({ strict: false }).compile(message.payload);
    const [{ payload }] = message.examples;
    expect([accepts(payload), accepts.errors]).toEqual([true, null]);
    expect(accepts({ ...payload, type: 'nothing' })).toBe(false);
    for (const field of message.payload.required ?? []) {
      const { [field]: _, ...rest } = payload;
      expect([field, accepts(rest)]).toEqual([field, false]);
    }
    expect(message.summary).toMatch(/^[A-Z].*\.$/);
  });

  it.each(messages.filter(([name]) => name.startsWith('client.')))(
    '%s: the server parses the example',
    (_, message) => {
      const [{ payload }] = message.examples;
      expect(parseClientMessage(encodeFrame(payload))).toEqual(payload);
    },
  );
});
