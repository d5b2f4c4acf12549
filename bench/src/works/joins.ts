import { guestsOf } from './guests.js';
import { onStage } from './stage.js';
import type { Work } from './work.js';

const SYSTEMS = ['ws', 'parley', 'nest', 'peerserver', 'socket.io', 'y-webrtc'];
const CLUSTERED = ['ws', 'parley', 'nest', 'socket.io', 'socket.io-streams'];
const AT_ONCE = 16;
/** All clients connect at the same time, as after a crash or a deployment. */
const STORM = { guests: 6_000, atOnce: 64 };
/** Joins of one measurement, in rooms of whatever size; and of those before it, which warm the code. */
const MAX_JOINS = 2_000;
const REHEARSED = 1_000;

/** Connect, authenticate and join a room of two that others were in before; the reference only accepts. */
const storm = (nodes: 1 | 2): Work => ({
  name: `storm${nodes}`,
  title: `connect, authenticate, join, ${nodes === 1 ? 'one node' : 'two nodes'}`,
  figure: 'µs CPU per session',
  nodes,
  systems: nodes === 1 ? SYSTEMS : CLUSTERED,
  run: (system, ground, { quick }) =>
    onStage(system, ground, nodes, async ({ running, load, meter }) => {
      const guests = guestsOf('g', quick ? 20 : STORM.guests, 2, running, ground);
      const first = guestsOf('first', guests.length, 2, running, ground);
      const group = await load({
        load: 'storm',
        options: {
          first: first.map((guest, i) => ({ ...guest, room: guests[i]!.room })),
          guests,
          atOnce: STORM.atOnce,
          join: system.name !== 'ws',
        },
      });
      return meter(group).of(() => group.begin());
    }),
});

/** A room that fills up with connected clients; all participants are notified of each join. */
const rooms = (size: number, nodes: 1 | 2): Work => ({
  name: nodes === 1 ? `rooms-${size}` : `rooms2-${size}`,
  title: `joins until rooms of ${size} are full, ${nodes === 1 ? 'one node' : 'two nodes'}`,
  figure: 'µs CPU per join',
  nodes,
  systems: nodes === 1 ? ['ws', 'parley', 'nest', 'socket.io'] : ['ws', 'parley'],
  run: (system, ground, { quick }) =>
    onStage(system, ground, nodes, async ({ running, load, meter }) => {
      const guests = guestsOf('g', quick ? size : MAX_JOINS, size, running, ground);
      const rehearsal = guestsOf('first', quick ? size : REHEARSED, size, running, ground);
      const group = await load({ load: 'rooms', options: { rehearsal, guests, atOnce: AT_ONCE } });
      const figures = await meter(group).of(() => group.begin());
      return { ...figures, more: { 'frames to clients per join': (figures.more?.['frames'] ?? 0) / guests.length } };
    }),
});

export const JOIN_WORKS: readonly Work[] = [storm(1), storm(2), rooms(50, 1), rooms(200, 1), rooms(200, 2)];
