import type { Fault, FaultTable } from './fault.js';
import type { SimulatedNode } from './simulated-node.js';
import type { Simulation } from './simulation.js';

/** Clients of a machine that vanished find out by silence. */
const FOUND_MS = 21_000;

/** A node that runs, with its place. */
const someNode = (run: Simulation): { node: SimulatedNode; slot: number } | undefined => {
  const slots = run.slots.flatMap((node, slot) =>
    node.listening && !node.actor.stopped && !node.bus.cut ? [{ node, slot }] : [],
  );
  return slots.length === 0 ? undefined : run.world.random.of(slots);
};

const kill = (run: Simulation, node: SimulatedNode, silent: boolean): void => {
  run.world.kill(node.actor);
  for (const socket of run.network.at(node.actor)) silent ? socket.vanish(true, true) : socket.reset();
};

const sigkill: Fault = (run) => {
  const found = someNode(run);
  if (found === undefined) return undefined;
  const { random } = run.world;
  const silent = random.chance(0.3);
  kill(run, found.node, silent);
  const downMs = random.between(500, 15_000);
  run.world.later(downMs, () => run.startNode(found.slot));
  return { ms: silent ? FOUND_MS : downMs + 6_000 };
};

const killAll: Fault = (run) => {
  const { random } = run.world;
  const downMs = random.between(500, 10_000);
  for (const [slot, node] of run.slots.entries()) {
    if (!node.listening || node.actor.stopped || node.bus.cut) continue;
    run.world.later(random.between(0, 1_000), () => {
      if (!node.actor.alive) return;
      kill(run, node, false);
      run.world.later(downMs, () => run.startNode(slot));
    });
  }
  return { ms: downMs + 8_000 };
};

const stopFor =
  (choices: readonly number[]): Fault =>
  (run) => {
    const found = someNode(run);
    if (found === undefined) return undefined;
    const { actor } = found.node;
    run.world.stop(actor);
    return { ms: run.world.random.of(choices) + 1_000, stop: () => run.world.go(actor) };
  };

const drain: Fault = (run) => {
  const found = someNode(run);
  if (found === undefined) return undefined;
  const { node, slot } = found;
  const gone = (): void => {
    if (!node.actor.alive) return;
    kill(run, node, false);
    run.world.later(run.world.random.between(500, 4_000), () => run.startNode(slot));
  };
  node.terminate(gone);
  // What a process cannot end in time, its orchestrator kills.
  run.world.later(31_000, gone);
  return { ms: 40_000 };
};

export const NODE_FAULTS: FaultTable = {
  node_sigkill: { begin: sigkill, maxMs: FOUND_MS },
  node_sigkill_all: { begin: killAll, maxMs: 18_000 },
  node_sigstop: { begin: stopFor([3_000, 12_000, 40_000]), maxMs: 41_000 },
  node_stall: { begin: stopFor([1_000, 5_000]), maxMs: 6_000 },
  node_drain: { begin: drain, maxMs: 40_000 },
};
