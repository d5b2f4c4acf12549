import type { Fault, FaultTable } from './fault.js';
import type { SimulatedNode } from './simulated-node.js';
import type { Simulation } from './simulation.js';

/** What a node needs, once it hears the others again, to be right. */
const HEALED_MS = 10_000;

/** Cuts a node off the others. It finds out within three seconds, or not at all when it was shorter. */
const cutBus = (run: Simulation, node: SimulatedNode): (() => void) => {
  const { world, hub } = run;
  let ended = false;
  node.bus.cut = true;
  world.at(node.actor, world.random.between(0, 3_000), () => {
    if (!ended) hub.isolate(node.bus.inner);
  });
  return () => {
    ended = true;
    node.bus.cut = false;
    world.at(node.actor, world.random.between(0, 1_000), () => {
      // Another cut may have begun meanwhile.
      if (!node.bus.cut) hub.restore(node.bus.inner);
    });
  };
};

const nodeCut: Fault = (run) => {
  const nodes = run.slots.filter((node) => node.listening && !node.bus.cut && !run.store.down);
  if (nodes.length === 0) return undefined;
  const node = run.world.random.of(nodes);
  node.presence.cut = true;
  const heal = cutBus(run, node);
  const ms = run.world.random.of([2_000, 5_000, 20_000, 35_000]);
  run.world.later(ms, () => {
    node.presence.cut = false;
    heal();
  });
  return { ms: ms + HEALED_MS };
};

/** The store goes, and with it the bus; `meanwhile` is what happens to its data. */
const outage =
  (fromMs: number, toMs: number, meanwhile: (run: Simulation) => void): Fault =>
  (run) => {
    if (run.store.down || run.slots.some((node) => node.bus.cut)) return undefined;
    const ms = run.world.random.between(fromMs, toMs);
    run.store.down = true;
    const heals = run.slots.filter((node) => node.actor.alive).map((node) => cutBus(run, node));
    run.world.later(ms, () => {
      run.store.down = false;
      meanwhile(run);
      for (const heal of heals) heal();
    });
    return { ms: ms + HEALED_MS };
  };

const FAIL_BACK_MS = { outage: 4_000, reign: 15_000 };

/** A failover, and after a while back to the server that was replaced, which has not heard of anything since. */
const failedBack: Fault = (run) => {
  const first = outage(500, FAIL_BACK_MS.outage, () => run.rollBack(run.world.random.between(0, 5_000)))(run);
  if (first === undefined) return undefined;
  const backAt = first.ms - HEALED_MS + run.world.random.between(2_000, FAIL_BACK_MS.reign);
  run.world.later(backAt, () => outage(500, FAIL_BACK_MS.outage, () => run.failBack())(run));
  return { ms: backAt + FAIL_BACK_MS.outage + HEALED_MS };
};

const pause: Fault = (run) => {
  const ms = run.world.random.between(500, 5_000);
  run.store.pausedUntil = run.world.now + ms;
  return { ms: ms + 3_000 };
};

const slow: Fault = (run) => {
  run.store.latencyMs = run.world.random.between(50, 240);
  const stop = () => {
    run.store.latencyMs = 1;
  };
  return { ms: run.world.random.between(5_000, 30_000), stop };
};

const repliesLost: Fault = (run) => {
  run.store.repliesLost = true;
  const ms = run.world.random.between(500, 4_000);
  run.world.later(ms, () => {
    run.store.repliesLost = false;
  });
  return { ms: ms + HEALED_MS };
};

const busStorm: Fault = (run) => {
  const { random } = run.world;
  run.weather.delayMs = random.of([50, 500, 2_000]);
  run.weather.loss = random.of([0, 0.1, 0.5]);
  const ms = random.between(2_000, 25_000);
  run.world.later(ms, () => {
    run.weather.delayMs = 2;
    run.weather.loss = 0;
  });
  return { ms: ms + HEALED_MS };
};

const networkStorm: Fault = (run) => {
  run.network.jitterMs = run.world.random.of([200, 1_000]);
  const stop = () => {
    run.network.jitterMs = 20;
  };
  return { ms: run.world.random.between(5_000, 30_000), stop };
};

export const STORE_FAULTS: FaultTable = {
  node_cut: { begin: nodeCut, maxMs: 45_000 },
  redis_down: { begin: outage(1_000, 62_000, () => {}), maxMs: 72_000 },
  redis_empty: { begin: outage(500, 6_000, (run) => run.empty()), maxMs: 16_000 },
  redis_rollback: {
    begin: outage(500, 4_000, (run) => run.rollBack(run.world.random.between(500, 5_000))),
    maxMs: 14_000,
  },
  redis_failed_back: { begin: failedBack, maxMs: 2 * FAIL_BACK_MS.outage + FAIL_BACK_MS.reign + HEALED_MS },
  redis_paused: { begin: pause, maxMs: 8_000 },
  redis_slow: { begin: slow, maxMs: 30_000 },
  redis_replies_lost: { begin: repliesLost, maxMs: 14_000 },
  bus_storm: { begin: busStorm, maxMs: 35_000 },
  network_storm: { begin: networkStorm, maxMs: 30_000 },
};
