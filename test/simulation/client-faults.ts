import type { Fault, FaultTable } from './fault.js';
import { SimulatedSocket } from './network.js';
import type { SimulatedClient } from './simulated-client.js';
import type { Simulation } from './simulation.js';
import { Actor } from './world.js';

/** A dead path is found by 15 s of silence; then it takes a moment to be back. */
const FOUND_MS = 21_000;

const onRandomClient =
  (fault: (run: Simulation, client: SimulatedClient) => { ms: number; stop?: () => void } | undefined): Fault =>
  (run) => {
    const present = run.clients.filter((client) => client.present);
    if (present.length === 0) return undefined;
    const client = run.world.random.of(present);
    const running = fault(run, client);
    return running && { ...running, target: [client.user] };
  };

const reset = onRandomClient((run, { path }) => {
  for (const socket of run.network.of(path)) socket.reset();
  return { ms: 3_000 };
});

const blackHole = onRandomClient((run, { path }) => {
  const { random } = run.world;
  const way = random.of(['up', 'down', 'both']);
  path.upHeld = way !== 'down';
  path.downHeld = way !== 'up';
  run.network.apply(path);
  const stop = () => {
    path.upHeld = false;
    path.downHeld = false;
    run.network.apply(path);
  };
  return { ms: random.between(500, 45_000), stop };
});

const halfOpen = onRandomClient((run, { path }) => {
  const way = run.world.random.of(['up', 'down', 'both']);
  for (const socket of run.network.of(path)) socket.vanish(way !== 'down', way !== 'up');
  return { ms: FOUND_MS };
});

const flap = onRandomClient((run, { path }) => {
  const ms = run.world.random.between(10_000, 30_000);
  const until = run.world.now + ms;
  const nextTick = (held: boolean): void => {
    const ended = run.world.now >= until - 2_000;
    path.upHeld = held && !ended;
    path.downHeld = path.upHeld;
    run.network.apply(path);
    if (held && !ended) for (const socket of run.network.of(path)) if (run.world.random.chance(0.5)) socket.reset();
    if (!ended) run.world.later(held ? 1_000 : 2_000, () => nextTick(!held));
  };
  nextTick(true);
  return { ms, stop: () => nextTick(false) };
});

/** The bytes of the next socket wait so long that the SDK may have given it up, and opened another, when they come. */
const lateHello = onRandomClient((run, { path }) => {
  const ms = run.world.random.between(4_000, 14_000);
  path.holdNextMs = ms;
  for (const socket of run.network.of(path)) socket.reset();
  return {
    ms: ms + 8_000,
    stop: () => {
      path.holdNextMs = 0;
    },
  };
});

const attemptOf = (hello = '{}'): number => (JSON.parse(hello) as { attempt?: number }).attempt ?? 0;

/** Says `hello` as this client, and joins its room; hangs up after a while. */
const impostor = (run: Simulation, client: SimulatedClient, hello: string, ms: number): void => {
  const path = run.network.pathOf(new Actor(`${client.user}-again`));
  const socket = new SimulatedSocket(run.network, path);
  socket.onopen = () => socket.send(hello);
  socket.onmessage = ((event: { data: string }) => {
    if (event.data.startsWith('{"type":"welcome"'))
      socket.send(JSON.stringify({ type: 'join', id: 'again', room: client.roomId }));
  }) as never;
  run.world.later(ms, () => socket.close());
};

/** Of an older attempt: whoever says the newest one again is a second holder of the key. */
const repeatedHello = onRandomClient((run, client) => {
  const newest = attemptOf(client.path.hellos.at(-1));
  const hellos = client.path.hellos.filter((hello) => attemptOf(hello) < newest);
  if (hellos.length === 0) return undefined;
  impostor(run, client, run.world.random.of(hellos), 4_000);
  return { ms: 5_000 };
});

const duplicateKey = onRandomClient((run, client) => {
  const hello = client.path.hellos.at(-1);
  if (hello === undefined) return undefined;
  const header = JSON.parse(hello) as { attempt: number };
  const attempt = header.attempt + run.world.random.of([0, 1, 5]);
  impostor(run, client, JSON.stringify({ ...header, attempt }), 6_000);
  return { ms: 40_000 };
});

const slowReader = onRandomClient((run, { path }) => {
  path.reading = false;
  run.network.apply(path);
  const stop = () => {
    path.reading = true;
    run.network.apply(path);
  };
  return { ms: run.world.random.between(3_000, 25_000), stop };
});

const slowPath = onRandomClient((run, { path }) => {
  path.extraMs = run.world.random.between(100, 900);
  const stop = () => {
    path.extraMs = 0;
  };
  return { ms: run.world.random.between(3_000, 30_000), stop };
});

const hiddenTab = onRandomClient((run, { actor }) => {
  const ms = 63_000;
  const until = run.world.now + ms;
  actor.asleep = true;
  const minute = (): void => {
    if (run.world.now >= until) return;
    run.world.wake(actor);
    run.world.later(60_000, minute);
  };
  run.world.later(run.world.random.between(0, 60_000), minute);
  const stop = () => {
    actor.asleep = false;
    run.world.wake(actor);
  };
  return { ms, stop };
});

export const CLIENT_FAULTS: FaultTable = {
  client_reset: { begin: reset, maxMs: 3_000 },
  client_black_hole: { begin: blackHole, maxMs: 45_000 },
  client_half_open: { begin: halfOpen, maxMs: FOUND_MS },
  client_flapping: { begin: flap, maxMs: 30_000 },
  client_late_hello: { begin: lateHello, maxMs: 22_000 },
  client_repeated_hello: { begin: repeatedHello, maxMs: 5_000 },
  duplicate_key: { begin: duplicateKey, maxMs: 40_000 },
  client_slow_reader: { begin: slowReader, maxMs: 25_000 },
  client_slow_path: { begin: slowPath, maxMs: 30_000 },
  clock_freeze: { begin: hiddenTab, maxMs: 63_000 },
};
