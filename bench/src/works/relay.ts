import { guestsOf } from './guests.js';
import { onStage } from './stage.js';
import type { Work } from './work.js';

/** Pairs in a room of their own; enough of them to keep a node busy, few enough to be a small node's evening. */
const PAIRS = 50;

const relay = (nodes: 1 | 2, window: number, systems: readonly string[]): Work => ({
  name: `relay${nodes}-w${window}`,
  title: `directed relay, ${nodes === 1 ? 'one node' : 'two nodes'}, ${window} in flight`,
  figure: 'µs CPU per signal',
  nodes,
  systems,
  run: (system, ground, size) =>
    onStage(system, ground, nodes, async ({ running, load, meter }) => {
      const pairs = size.quick ? 4 : PAIRS;
      const signals = await load({
        load: 'pairs',
        options: { guests: guestsOf('p', 2 * pairs, 2, running, ground), active: pairs, window },
      });
      const measure = meter(signals);
      await signals.begin();
      await measure.warmUp(size);
      return measure.during(size.measureMs);
    }),
});

const ONE = ['ws', 'parley', 'parley-acked', 'nest', 'peerserver', 'socket.io', 'y-webrtc'];
const TWO = ['ws', 'parley', 'parley-acked', 'nest', 'socket.io', 'socket.io-streams'];

export const RELAYS: readonly Work[] = [relay(1, 1, ONE), relay(1, 4, ONE), relay(2, 1, TWO), relay(2, 4, TWO)];
