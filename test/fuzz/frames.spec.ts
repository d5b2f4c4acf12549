import { expect, it } from '@jest/globals';
import { SCHEMAS } from '../../src/signaling/codec/client-message.schema.js';
import { external, hostileStage } from '../hostile/stage.js';
import type { RawPeer } from '../protocol/raw-peer.js';
import { until } from '../support/until.js';
import { BUDGET_MS, MORE_BYTES, SEED } from './budget.js';
import { Random } from './random.js';
import { mutate, type Schema, valueFrom } from './values.js';

const stage = hostileStage({ MAX_SOCKETS_PER_USER: '1000', MAX_PEERS_PER_USER: '1000' });

const REQUEST_ID = /^[A-Za-z0-9_.:-]{1,64}$/;
/** Frames that are answered only with an error. */
const UNANSWERED = new Set(['signal', 'ack', 'broadcast', 'pong']);
/** Close codes for a client that sends such frames. */
const ENDINGS = new Set([4029, 4500, 4501, 4503, 4509, 1007, 1009, 4001]);
const FRAMES_A_SOCKET = 40;

/**
 * Resolves when everything sent before is handled, with true, or with the code that the socket was closed with. A ping
 * above the rate is refused at once, while frames before it still wait: then it is repeated.
 */
const allHandled = async (peer: RawPeer): Promise<true | number> => {
  for (let n = 0; ; n += 1) {
    peer.send({ type: 'ping', id: `barrier-${n}` });
    const reply = await until(() => peer.closeCode ?? peer.unread.find((frame) => frame['re'] === `barrier-${n}`));
    if (typeof reply === 'number') return reply;
    if (reply.type === 'pong') return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

it(`every frame of the schemas, mutated, is answered or ends the socket with a code (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const schemas = Object.entries(SCHEMAS as unknown as Record<string, Schema>).filter(([type]) => type !== 'hello');
  const resolve = (): Schema => ({});
  const { token, rest } = await stage.enter('Owner');
  const { id: room } = await rest.room(token);
  const before = await stage.metric('process_resident_memory_bytes');
  const problems = await stage.metric('parley_internal_errors_total');
  let sockets = 0;
  const end = performance.now() + BUDGET_MS;

  while (performance.now() < end) {
    sockets += 1;
    const peer = await stage.socket();
    await peer.hello(random.chance(0.5) ? token : external(`fuzz${sockets}`));
    const joined = await peer.request({ type: 'join', room });
    const asked = new Set<string>();
    const sent: string[] = [];
    for (let n = 0; n < FRAMES_A_SOCKET; n += 1) {
      const [type, schema] = random.pick(schemas);
      const made = valueFrom(random, schema, resolve, 0.02);
      const known = { ...(made as object), type, ...(random.chance(0.5) && { room, to: joined['peer'] }) } as Record<
        string,
        unknown
      >;
      // A frame with fields of another type is refused at once, so half of the frames have none.
      const frame = Object.fromEntries(Object.entries(known).filter(([name]) => name in (schema.properties ?? {})));
      const header = JSON.stringify(frame);
      const isBent = random.chance(0.08);
      const text = `${isBent ? mutate(random, header) : header}${random.chance(0.3) ? `\n${'b'.repeat(random.below(2_000))}` : ''}`;
      sent.push(text);
      if (!isBent && !UNANSWERED.has(type) && typeof frame['id'] === 'string' && REQUEST_ID.test(frame['id']))
        asked.add(frame['id']);
      peer.sendText(text);
    }
    const answered = await allHandled(peer).catch((error: Error) => error);
    const context = `FUZZ_SEED=${SEED}, socket ${sockets}: ${sent.join('␞').slice(0, 4_000)}`;
    if (answered !== true) {
      if (peer.closeCode === undefined || !ENDINGS.has(peer.closeCode)) throw new Error(`${context}\n${answered}`);
    } else {
      const replied = new Set(peer.unread.map((frame) => frame['re']));
      const silent = [...asked].filter((id) => !replied.has(id));
      if (silent.length > 0)
        throw new Error(
          `${context}\nno answer to ${sent
            .filter((text) => silent.some((id) => text.includes(id)))
            .map((text) => text.slice(0, 300))
            .join(' ; ')}`,
        );
    }
    peer.cut();
  }

  expect(sockets).toBeGreaterThan(3);
  expect(await stage.metric('parley_internal_errors_total')).toBe(problems);
  expect(await stage.metric('process_resident_memory_bytes')).toBeLessThan(before + MORE_BYTES);
}, 120_000);
