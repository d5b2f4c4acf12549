import type { UserId } from '@parley/protocol';
import type { ClusterEvent } from '../../src/bus/bus.js';
import { keepLobby, moderate, raceWithJoins } from './moderators.js';
import { QUIET_AT_MS } from './schedule.js';
import type { SimulatedClient } from './simulated-client.js';
import type { Simulation } from './simulation.js';

const BURST = 30;
/** The last signals: everybody to everybody, when everything must be well again. */
const ROSTER_CHECK_AFTER_MS = 40_000;

/** What people do: they come, call, send bursts of candidates, leave, crash and come back. */
export const playWorkload = (run: Simulation): void => {
  const { world } = run;
  const { random } = world;
  const rooms = random.chance(0.3) ? ['room-a', 'room-b'] : ['room-a'];
  for (const room of rooms)
    for (let count = random.between(2, 5); count > 0; count -= 1)
      world.later(random.between(0, 4_000), () => live(run, run.startClient(room)));
  if (random.chance(0.4)) world.later(random.between(15_000, QUIET_AT_MS - 15_000), () => revokeRandomUser(run));
  moderate(run, rooms);
  raceWithJoins(run);
  if (random.chance(0.3)) keepLobby(run, 'room-b');
  world.later(QUIET_AT_MS + ROSTER_CHECK_AFTER_MS, () => checkRosters(run));
};

const live = (run: Simulation, client: SimulatedClient): void => {
  const { random } = run.world;
  const talkative = random.between(400, 4_000);
  const nextTick = (): void => {
    if (client.over) return;
    act(run, client);
    if (run.world.now < QUIET_AT_MS + 15_000) run.world.later(random.between(talkative / 4, talkative), nextTick);
  };
  run.world.later(random.between(500, 3_000), nextTick);
};

const act = (run: Simulation, client: SimulatedClient): void => {
  const { world } = run;
  const { random } = world;
  const dice = random.next();
  const as = (what: () => void) => world.at(client.actor, 0, what);
  const calm = world.now > QUIET_AT_MS - 5_000;
  if (dice < 0.03) as(() => burst(client));
  else if (dice < 0.06) as(() => client.send({ deny: 'always' }));
  else if (dice < 0.1) as(() => client.send({ deny: 'sometimes' }));
  else if (dice < 0.3) as(() => client.send({ offer: true }));
  else if (dice < 0.306 && !calm) as(() => client.leave(true));
  else if (dice < 0.31 && !calm) {
    as(() => client.close());
    replace(run, client);
  } else if (dice < 0.316 && !calm) {
    client.crash();
    const silent = random.chance(0.5);
    for (const socket of run.network.of(client.path)) silent ? socket.vanish(true, true) : socket.reset();
    replace(run, client);
  } else if (dice < 0.32 && !calm) as(() => client.leave(true, random.between(0, 300)));
  else if (dice < 0.323 && !calm) as(() => client.joinTwice(random.between(0, 300)));
  else if (dice < 0.326 && !calm) reload(run, client);
  else if (dice < 0.33 && !calm) enterAnother(run, client);
  else as(() => client.send());
};

const burst = (client: SimulatedClient): void => {
  for (let count = 0; count < BURST; count += 1) client.send();
};

/** The same user opens the page again: another key, and the session of before is still there. */
const reload = (run: Simulation, client: SimulatedClient): void => {
  if (!client.present) return;
  client.crash(true);
  for (const socket of run.network.of(client.path)) socket.reset();
  run.world.later(run.world.random.between(50, 2_000), () => live(run, run.startClient(client.roomId, client.user)));
};

const ROOMS = ['room-a', 'room-b'];

/** One more room for the same session. */
const enterAnother = (run: Simulation, client: SimulatedClient): void => {
  const free = ROOMS.filter((room) => room !== client.roomId);
  const isTaken = run.clients.some((other) => other.user === client.user && other.roomId !== client.roomId);
  if (!client.present || !client.isPage || isTaken) return;
  live(run, run.startClient(run.world.random.of(free), client.user, client));
};

const replace = (run: Simulation, client: SimulatedClient): void =>
  run.world.later(run.world.random.between(500, 10_000), () => live(run, run.startClient(client.roomId)));

const revokeRandomUser = (run: Simulation): void => {
  const present = run.clients.filter((client) => client.present);
  if (present.length < 3) return;
  const { user } = run.world.random.of(present);
  run.revoked.add(user);
  announce(run, { fact: 'user_revoked', user: user as UserId, before: 1e15 });
};

const announce = (run: Simulation, event: ClusterEvent): void => {
  const nodes = run.slots.filter((node) => node.listening);
  if (nodes.length === 0) return;
  const node = run.world.random.of(nodes);
  // Whoever cannot be told: REST keeps the fact and tells it again, which is not simulated.
  run.world.at(node.actor, 0, () => void node.bus.publish(event).catch(() => {}));
};

const checkRosters = (run: Simulation): void => {
  for (const client of run.clients) {
    if (!client.present) continue;
    for (const peer of client.room?.peers.keys() ?? []) run.world.at(client.actor, 0, () => client.send({}, peer));
  }
};
