import { guestsOf } from './guests.js';
import { maxSockets } from './max-sockets.js';
import { onStage } from './stage.js';
import type { Work } from './work.js';

const PAIRS = 50;

interface NodeSize {
  readonly name: string;
  readonly title: string;
  readonly sockets: number;
  readonly roomSize: number;
}

/** The cost of a signal as a node fills: the same pairs signal, and the others are idle. */
const growth = ({ name, title, sockets, roomSize }: NodeSize): Work => ({
  name,
  title,
  figure: 'µs CPU per signal',
  nodes: 1,
  systems: ['ws', 'parley'],
  run: (system, ground, size) =>
    onStage(system, ground, 1, async ({ running, load, meter }) => {
      const count = Math.min(sockets, size.quick ? 20 : maxSockets());
      const signals = await load({
        load: 'pairs',
        options: {
          guests: guestsOf('p', count - (count % 2), roomSize, running, ground),
          active: Math.min(PAIRS, Math.floor(count / 2)),
          window: 4,
        },
      });
      const measure = meter(signals);
      await signals.begin();
      await measure.warmUp(size);
      return { ...(await measure.during(size.measureMs)), more: { sockets: count } };
    }),
});

const bySockets = (sockets: number): NodeSize => ({
  name: `sockets-${sockets}`,
  title: `${sockets.toLocaleString('en')} sockets in rooms of two`,
  sockets,
  roomSize: 2,
});

const byRooms = (rooms: number, sockets: number): NodeSize => ({
  name: `in-rooms-${rooms}`,
  title: `${sockets.toLocaleString('en')} sockets in ${rooms.toLocaleString('en')} ${rooms === 1 ? 'room' : 'rooms'}`,
  sockets,
  roomSize: sockets / rooms,
});

/** `--only sockets,in-rooms`. */
export const GROWTH: readonly Work[] = [
  ...[10, 100, 1_000, 5_000, 20_000].map(bySockets),
  ...[byRooms(1, 200), byRooms(10, 200), byRooms(100, 200), byRooms(1_000, 2_000)],
].map(growth);
