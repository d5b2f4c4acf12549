import { expect, it } from '@jest/globals';
import { DEFAULT_LIMITS, type NodeId } from '@parley/protocol';
import { until } from '../../../test/support/until.js';
import { MemoryBus } from '../../bus/bus.memory.js';
import { MemoryNames } from '../../names/names.memory.js';
import { Switchboard } from '../../names/switchboard.js';
import { MAX_BUFFERED_BYTES } from '../../signaling/session.js';
import { DoorSession, type DoorSessionHost } from '../door-session.js';
import { DoorStats } from '../door-stats.js';
import { emptyPeerjsCounters } from './counters.js';
import { PeerjsVisitor } from './peerjs.visitor.js';

const NODE = 'node' as NodeId;
const ADA = { tenant: 't', name: 'ada' };
const LETTER = 60_000;

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
  };
};

it('gives a client all that waited for it, also more than a slow reader would get', async () => {
  const bus = new MemoryBus();
  await bus.listen(NODE);
  const board = new Switchboard(new MemoryNames(), bus, async () => [NODE]);
  const count = Math.ceil(MAX_BUFFERED_BYTES / LETTER) + 4;
  // A sender may have half a MiB waiting: it takes several.
  for (let n = 0; n < count; n += 1)
    expect(await board.send(ADA, `sender-${n % 4}`, `${n}`.padEnd(LETTER))).toBe('queued');
  const socket = untaken();
  const host = { limits: DEFAULT_LIMITS, stats: new DoorStats(), now: () => 0, admitted: () => true, ended() {} };
  const session = new DoorSession('ada', socket, host as unknown as DoorSessionHost, undefined, undefined);
  const newcomer = { ...ADA, id: 'ada', proof: 'p', principal: undefined };
  session.visitor = new PeerjsVisitor(session, board, emptyPeerjsCounters(), Promise.resolve(newcomer));
  await until(() => socket.sent.length > 0);
  expect(socket.sent.slice(1).map(Number)).toEqual(Array.from({ length: count }, (_, n) => n));
  expect(session.state).toBe('on');
  session.closed();
  await board.settled();
  board.stop();
});
