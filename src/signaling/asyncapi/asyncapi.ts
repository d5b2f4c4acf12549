import {
  CLOSE_CODES,
  type ClientMessageType,
  ERRORS,
  type Limits,
  SIGNALING_PATH,
  SUBPROTOCOL,
  shouldReconnect,
} from '@parley/protocol';
import type { TSchema } from '@sinclair/typebox';
import { SCHEMAS } from '../codec/client-message.schema.js';
import { SERVER_SCHEMAS, type ServerMessageType } from '../codec/server-message.schema.js';
import { CLIENT_NOTES, type MessageNote, SERVER_NOTES, welcomeNote } from './asyncapi.messages.js';

type Json = Readonly<Record<string, unknown>>;

const DESCRIPTION = `Signaling over one WebSocket. This document lists the frames; PROTOCOL.md describes how they are used.

A frame is one line of JSON, the header, which is the payload here. After a line feed, a \`signal\` and a \`broadcast\`
have a body: text that the server relays without reading it (\`x-body\`).`;

/**
 * Describes the frames of the gateway as an AsyncAPI 3.0 document, from the schemas that validate them. It takes the
 * server's view: the server receives what clients send. It names no server, because every node serves the same
 * document.
 * @param limits the limits of this node, shown in `x-limits` and the example of `welcome`
 */
export const asyncApi = (limits: Limits): Json => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Parley signaling',
    version: '1',
    description: DESCRIPTION,
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    'x-limits': limits,
    'x-close-codes': closeCodes(),
    'x-error-codes': errorCodes(),
  },
  defaultContentType: 'application/json',
  channels: {
    signaling: {
      address: SIGNALING_PATH,
      description: `Connect to any node, or to the proxy in front of them. Subprotocol \`${SUBPROTOCOL}\`. The first frame is \`hello\`.`,
      messages: Object.fromEntries(
        [...names('client'), ...names('server')].map((name) => [name, ref('components', 'messages', name)]),
      ),
      bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
    },
  },
  operations: { ...Object.fromEntries(CLIENT_TYPES.map((type) => [type, request(type)])), tell: TELL },
  components: { messages: { ...clientMessages(), ...serverMessages(limits) } },
});

const CLIENT_TYPES = Object.keys(SCHEMAS) as ClientMessageType[];
const SERVER_TYPES = Object.keys(SERVER_SCHEMAS) as ServerMessageType[];

/** Names the messages of one side; a type that both sides send is two messages. */
const names = (side: 'client' | 'server'): string[] =>
  (side === 'client' ? CLIENT_TYPES : SERVER_TYPES).map((type) => `${side}.${type}`);

const ref = (...path: readonly string[]) => ({ $ref: `#/${path.join('/')}` });
const CHANNEL = ref('channels', 'signaling');
const inChannel = (name: string) => ref('channels', 'signaling', 'messages', name);

const request = (type: ClientMessageType): Json => {
  const { summary, replies } = CLIENT_NOTES[type];
  const answers = [...replies, 'error'].map((reply) => inChannel(`server.${reply}`));
  return {
    action: 'receive',
    channel: CHANNEL,
    summary,
    messages: [inChannel(`client.${type}`)],
    reply: { channel: CHANNEL, messages: answers },
  };
};

const TELL: Json = {
  action: 'send',
  channel: CHANNEL,
  summary: 'Replies and events of the server.',
  messages: names('server').map(inChannel),
};

const message = (type: string, schema: TSchema, { summary, example, body }: MessageNote<object>): Json => ({
  name: type,
  summary,
  payload: schema,
  examples: [{ payload: example }],
  ...(body !== undefined && { 'x-body': { type: 'string', examples: [body] } }),
});

const clientMessages = () =>
  Object.fromEntries(CLIENT_TYPES.map((type) => [`client.${type}`, message(type, SCHEMAS[type], CLIENT_NOTES[type])]));

const serverMessages = (limits: Limits) => {
  const notes = { ...SERVER_NOTES, welcome: welcomeNote(limits) };
  return Object.fromEntries(
    SERVER_TYPES.map((type) => [`server.${type}`, message(type, SERVER_SCHEMAS[type], notes[type])]),
  );
};

const closeCodes = (): Json =>
  Object.fromEntries(
    Object.entries(CLOSE_CODES).map(([name, code]) => [code, { name, comeBack: shouldReconnect(code) }]),
  );

const errorCodes = (): Json =>
  Object.fromEntries(
    Object.entries(ERRORS).map(([code, { retryable, message: text }]) => [code, { retryable, message: text }]),
  );
