import { guestsOf } from './guests.js';
import { onStage } from './stage.js';
import type { Work } from './work.js';

const ROOM = 100;
const CALLERS = 40;

/** One client sends to a room of 100. */
const fanOut = (window: number): Work => ({
  name: `fanout-w${window}`,
  title: `one sender to a room of ${ROOM}, ${window} in flight`,
  figure: 'µs CPU per delivery',
  nodes: 1,
  systems: ['ws', 'parley', 'nest', 'socket.io', 'y-webrtc'],
  run: (system, ground, size) =>
    onStage(system, ground, 1, async ({ running, load, meter }) => {
      const guests = guestsOf('g', size.quick ? 10 : ROOM, ROOM, running, ground);
      const speech = await load({ load: 'fan-out', options: { guests, window } });
      const measure = meter(speech);
      await speech.begin();
      await measure.warmUp(size);
      return measure.during(size.measureMs);
    }),
});

/** Complete calls: join, offer, answer, candidates, leave. */
const calls = (nodes: 1 | 2): Work => ({
  name: `calls${nodes}`,
  title: `whole calls: join, offer, answer, 8 candidates, leave, ${nodes === 1 ? 'one node' : 'two nodes'}`,
  figure: 'µs CPU per call',
  nodes,
  systems: nodes === 1 ? ['ws', 'parley', 'nest', 'socket.io', 'y-webrtc'] : ['ws', 'parley', 'nest', 'socket.io'],
  run: (system, ground, size) =>
    onStage(system, ground, nodes, async ({ running, load, meter }) => {
      const guests = guestsOf('g', size.quick ? 4 : 2 * CALLERS, 2, running, ground);
      const talk = await load({ load: 'calls', options: { guests } });
      const measure = meter(talk);
      await talk.begin();
      await measure.warmUp({ ...size, warmUpUnits: size.warmUpUnits / 30 });
      return measure.during(size.measureMs);
    }),
});

export const IN_ROOMS: readonly Work[] = [fanOut(1), fanOut(4), calls(1), calls(2)];
