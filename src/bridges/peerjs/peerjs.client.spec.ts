import { afterEach, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS, type NodeId } from '@parley/protocol';
import { until } from '../../../test/support/until.js';
import { MemoryBus } from '../../bus/bus.memory.js';
import { NameRouter } from '../../names/name-router.js';
import { MemoryNames } from '../../names/names.memory.js';
import { MAX_BUFFERED_BYTES } from '../../websocket/send-backlog.js';
import type { BridgeSocket } from '../bridge.js';
import { BridgeSession, type BridgeSessionHost } from '../bridge-session.js';
import { BridgeStats } from '../bridge-stats.js';
import { emptyPeerjsCounters } from './counters.js';
import { MAX_IN_FLIGHT, PeerjsClient } from './peerjs.client.js';

const boards: NameRouter[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.stop();
});

/** A store that is as far away as another data centre. */
class FarNames extends MemoryNames {
  asked = 0;
  most = 0;
  override async route(...words: Parameters<MemoryNames['route']>) {
    this.asked += 1;
    this.most = Math.max(this.most, this.asked);
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.asked -= 1;
    return super.route(...words);
  }
}

const start = async () => {
  const names = new FarNames();
  const bus = new MemoryBus();
  await bus.listen('node' as NodeId);
  const board = new NameRouter(names, bus, async () => []);
  boards.push(board);
  const enter = async (id: string) => {
    const got: any[] = [];
    const send = (frame: string): boolean => got.push(JSON.parse(frame)) > 0;
    const socket: BridgeSocket = {
      connection: `socket of ${id}`,
      address: undefined,
      send,
      push: send,
      admit: () => true,
      close: () => {},
    };
    const admitted = { tenant: 'peerjs', id, proof: id, principal: undefined };
    const client = new PeerjsClient(socket, board, emptyPeerjsCounters(), Promise.resolve(admitted));
    await until(() => got.length > 0);
    return { id, got, visitor: client };
  };
  return { names, enter };
};

it('a client that meets thirty others at once loses nothing over a slow store, and is bounded in what it has under way', async () => {
  const { names, enter } = await start();
  const ada = await enter('ada');
  const others = await Promise.all(Array.from({ length: 30 }, (_, n) => enter(`other ${n}`)));
  let held = 0;
  for (let n = 0; n < 11; n += 1) {
    for (const { id } of others) {
      // As the frame does: the next one is not handed over before a returned promise is settled.
      const pending = ada.visitor.receive(JSON.stringify({ type: 'CANDIDATE', dst: id, payload: n }));
      if (pending !== undefined) held += 1;
      await pending;
    }
  }
  await until(() => others.every(({ got }) => got.length === 12));
  for (const { got } of others)
    expect(got.slice(1).map(({ payload }) => payload)).toEqual(Array.from({ length: 11 }, (_, n) => n));
  expect(held).toBeGreaterThan(0);
  expect(names.most).toBeGreaterThan(20);
  expect(names.most).toBeLessThanOrEqual(MAX_IN_FLIGHT);
});

const ADA = { tenant: 't', name: 'ada' };
const MESSAGE = 60_000;

/** A socket whose network has taken nothing yet. */
const untaken = () => {
  const sent: (Buffer | string)[] = [];
  return {
    sent,
    send: (frame: Buffer | string) => void sent.push(frame),
    get bufferedBytes() {
      return sent.reduce((sum, frame) => sum + frame.length, 0);
    },
    ping() {},
    close() {},
    terminate() {},
    pause() {},
    resume() {},
  };
};

it('gives a client all that waited for it, also more than a slow reader would get', async () => {
  const bus = new MemoryBus();
  await bus.listen('node' as NodeId);
  const board = new NameRouter(new MemoryNames(), bus, async () => []);
  boards.push(board);
  const count = Math.ceil(MAX_BUFFERED_BYTES / MESSAGE) + 4;
  // A sender may have half a MiB waiting: it takes several.
  for (let n = 0; n < count; n += 1)
    expect(await board.send(ADA, `sender-${n % 4}`, `${n}`.padEnd(MESSAGE))).toBe('queued');
  const socket = untaken();
  const host = { limits: DEFAULT_LIMITS, stats: new BridgeStats(), now: () => 0, admitted: () => true, ended() {} };
  const session = new BridgeSession('ada', socket, host as unknown as BridgeSessionHost, undefined, undefined);
  const admitted = { ...ADA, id: 'ada', proof: 'p', principal: undefined };
  session.client = new PeerjsClient(session, board, emptyPeerjsCounters(), Promise.resolve(admitted));
  await until(() => socket.sent.length > 0);
  expect(socket.sent.slice(1).map(Number)).toEqual(Array.from({ length: count }, (_, n) => n));
  expect(session.state).toBe('on');
  session.closed();
  await board.settled();
});

it('closes nobody for what others send: who is behind gets no more for now, and their senders are told', async () => {
  const bus = new MemoryBus();
  await bus.listen('node' as NodeId);
  const board = new NameRouter(new MemoryNames(), bus, async () => []);
  boards.push(board);
  const enter = async (id: string) => {
    const socket = untaken();
    const host = { limits: DEFAULT_LIMITS, stats: new BridgeStats(), now: () => 0, admitted: () => true, ended() {} };
    const session = new BridgeSession(id, socket, host as unknown as BridgeSessionHost, undefined, undefined);
    const admitted = { tenant: 't', id, proof: id, principal: undefined };
    const client = new PeerjsClient(session, board, emptyPeerjsCounters(), Promise.resolve(admitted));
    session.client = client;
    await until(() => socket.sent.length > 0);
    return { socket, session, visitor: client };
  };
  const [victim, outsider] = [await enter('victim'), await enter('stranger')];
  const said = (type: string, payload: string) => JSON.stringify({ type, dst: 'victim', payload });
  const count = Math.ceil(MAX_BUFFERED_BYTES / MESSAGE) + 2;
  for (let n = 0; n < count; n += 1) await outsider.visitor.receive(said('CANDIDATE', `${n}`.padEnd(MESSAGE)));
  await outsider.visitor.receive(said('OFFER', 'last'));
  // One for the candidates that were not taken, and one for the offer.
  await until(() => outsider.socket.sent.filter((frame) => frame.includes('EXPIRE')).length === 2);
  expect(victim.session.state).toBe('on');
  expect(victim.socket.bufferedBytes).toBeLessThan(MAX_BUFFERED_BYTES + 2 * MESSAGE);
});
