import { setTimeout as wait } from 'node:timers/promises';
import type { Address } from '../load/dialect.js';
import { guestsOf } from './guests.js';
import { onStage } from './stage.js';
import type { Work } from './work.js';

const SESSIONS = 2_000;
const HONEST_PAIRS = 20;
const HONEST_PER_SECOND = 20;
/** A hundred times the allowed rate of a session. */
const FLOOD_PER_SECOND = 20_000;
const ANOTHER_ADDRESS = '127.0.0.9';

/** A node is killed; its clients reconnect to the other one as the protocol says. */
const recovery: Work = {
  name: 'recovery',
  title: `a node dies, ${SESSIONS.toLocaleString('en')} sessions on two`,
  figure: 'ms until all are back',
  nodes: 2,
  systems: ['ws', 'parley', 'nest', 'socket.io'],
  run: (system, ground, { quick }) =>
    onStage(system, ground, 2, async ({ running, load }) => {
      const guests = guestsOf('g', quick ? 20 : SESSIONS, 2, running, ground);
      const [victim, refuge] = running.ports.map((port) => ({ host: '127.0.0.1', port })) as [Address, Address];
      const group = await load({ load: 'recovery', options: { guests, victim, refuge } });
      const since = performance.now();
      const back = group.begin();
      running.kill(0);
      await back;
      const { p50, p99, units } = await group.read();
      return { cost: performance.now() - since, p50, p99, more: { 'came back': units } };
    }),
};

/** Honest pairs at a fixed rate, and a client that exceeds all limits. */
const flood: Work = {
  name: 'flood',
  title: `${HONEST_PAIRS} honest pairs while one client sends ${FLOOD_PER_SECOND.toLocaleString('en')} frames a second`,
  figure: 'ms p99 of the honest',
  nodes: 1,
  systems: ['ws', 'parley', 'nest', 'socket.io'],
  run: (system, ground, { quick, measureMs }) =>
    onStage(
      system,
      ground,
      1,
      async ({ running, load, meter }) => {
        const pairs = quick ? 2 : HONEST_PAIRS;
        const honest = await load({
          load: 'fixed-rate',
          options: { guests: guestsOf('h', 2 * pairs, 2, running, ground), perSecond: HONEST_PER_SECOND },
        });
        const [own, other] = guestsOf('f', 2, 2, running, ground).map((guest) => ({
          ...guest,
          at: { ...guest.at, localAddress: ANOTHER_ADDRESS },
        }));
        const flooder = await load({ load: 'flood', options: { guests: [own!, other!], perSecond: FLOOD_PER_SECOND } });
        const measure = meter(honest);
        await honest.begin();
        await wait(measureMs);
        const alone = await measure.during(measureMs);
        await flooder.begin();
        await wait(measureMs);
        const flooded = await measure.during(measureMs);
        const { units, more } = await flooder.read();
        return {
          ...flooded,
          cost: flooded.p99 ?? Number.NaN,
          more: {
            'p99 ms before': alone.p99 ?? Number.NaN,
            'cores before': (alone.cost * (alone.perSecond ?? 0)) / 1e6,
            'cores with it': (flooded.cost * (flooded.perSecond ?? 0)) / 1e6,
            'frames sent': units,
            disconnected: more?.['thrownOut'] ?? 0,
          },
        };
      },
      'default',
    ),
};

export const TROUBLES: readonly Work[] = [recovery, flood];
