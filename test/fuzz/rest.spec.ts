import { expect, it } from '@jest/globals';
import { problemOf } from '../hostile/rest-of.js';
import { external, hostileStage } from '../hostile/stage.js';
import { BUDGET_MS, MORE_BYTES, SEED } from './budget.js';
import { Random } from './random.js';
import { mutate, type Schema, valueFrom } from './values.js';

const stage = hostileStage({ USER_REQUEST_BURST: '1000000', REFRESH_BURST: '1000000', GUEST_BURST: '1000000' });

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly example?: unknown;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { schema: Schema }> };
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

/** An error with everything that is needed to repeat the request. */
const named = (seed: number, what: object, error: unknown) =>
  new Error(
    `FUZZ_SEED=${seed}: ${JSON.stringify(what).slice(0, 2_000)}\n${error instanceof Error ? error.message : error}`,
  );

it(`every request of the API document, mutated, is answered without a 5xx (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const document = (await stage.rest().ask('GET', '/docs/openapi.json')).body as Document;
  const resolve = (reference: string): Schema => document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const owner = await stage.enter('Owner');
  const { id: room } = await owner.rest.room(owner.token);
  const tokens = [
    undefined,
    owner.token,
    external('fuzz'),
    external('fuzz-guest', { rooms: { [room]: 'guest' } }),
    'a.b.c',
  ];
  const before = await stage.metric('process_resident_memory_bytes');

  const one = async (): Promise<void> => {
    const { path, method, parameters = [], requestBody } = random.pick(operations);
    // The other requests need the account and the room.
    const token = method === 'DELETE' ? random.pick([undefined, 'a.b.c', tokens[3]]) : random.pick(tokens);
    const valueFor = ({ schema = {}, example }: Parameter): string => {
      const made = random.chance(0.3) ? room : valueFrom(random, { example, ...schema }, resolve, 0.2);
      return typeof made === 'object' ? JSON.stringify(made) : String(made);
    };
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    let target = path;
    for (const parameter of parameters) {
      const text = Buffer.from(valueFor(parameter)).toString();
      if (parameter.in === 'path')
        target = target.replace(`{${parameter.name}}`, encodeURIComponent(text).slice(0, 2_000) || 'x');
      else if (parameter.in === 'query' && random.chance(0.7)) query.append(parameter.name, text.slice(0, 500));
      else if (parameter.in === 'header') headers[parameter.name] = text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
    }
    const schema = requestBody?.content['application/json']?.schema;
    const body = schema === undefined ? undefined : JSON.stringify(valueFrom(random, schema, resolve, 0.08));
    const sent = body !== undefined && random.chance(0.3) ? mutate(random, body) : body;
    const what = { method, target, query: String(query), headers, sent };
    try {
      const answer = await stage.rest().ask(method, `${target}${query.size > 0 ? `?${query}` : ''}`, {
        ...(token !== undefined && { token }),
        ...(sent !== undefined && method !== 'GET' && { body: sent }),
        headers: { ...headers, ...(sent !== undefined && { 'content-type': 'application/json' }) },
        signal: AbortSignal.timeout(20_000),
      });
      if (answer.status >= 500) throw new Error(`answered ${answer.status} ${answer.text}`);
      if (answer.status >= 400) problemOf(answer);
    } catch (error) {
      throw named(SEED, what, error);
    }
  };

  const end = performance.now() + BUDGET_MS;
  let asked = 0;
  while (performance.now() < end) {
    await Promise.all(Array.from({ length: 4 }, () => one()));
    asked += 4;
  }
  expect(asked).toBeGreaterThan(100);
  expect(stage.node.output()).not.toMatch(/Request .* failed/);
  expect(await stage.metric('process_resident_memory_bytes')).toBeLessThan(before + MORE_BYTES);
}, 120_000);
