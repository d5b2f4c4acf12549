import { LoadProcess } from '../load/load-process.js';
import { Meter } from '../measure/meter.js';
import type { Work } from './work.js';

/** Pairs in a room of their own; enough of them to keep a node busy, few enough to be a small node's evening. */
const PAIRS = 50;

const relay = (nodes: 1 | 2, window: number, systems: readonly string[]): Work => ({
  name: `relay${nodes}-w${window}`,
  title: `directed relay, ${nodes === 1 ? 'one node' : 'two nodes'}, ${window} in flight`,
  figure: 'µs CPU a signal',
  nodes,
  systems,
  async run(system, ground, size) {
    await ground.redis?.empty();
    const running = await system.start(ground, nodes);
    try {
      const load = await LoadProcess.start({
        dialect: system.dialect,
        load: 'pairs',
        options: {
          nodes: running.ports.map((port) => ({ host: '127.0.0.1', port })),
          secret: ground.secret,
          pairs: size.quick ? 4 : PAIRS,
          window,
        },
      });
      const meter = new Meter(running, [load], nodes > 1 ? ground.redis : undefined);
      try {
        await load.begin();
        await meter.warmUp(size);
        return await meter.during(size.measureMs);
      } finally {
        meter.close();
        load.end();
      }
    } finally {
      await running.stop();
    }
  },
});

const ONE = ['ws', 'parley', 'parley-acked'];
const TWO = ['ws', 'parley', 'parley-acked'];

export const RELAYS: readonly Work[] = [relay(1, 1, ONE), relay(1, 4, ONE), relay(2, 1, TWO), relay(2, 4, TWO)];
