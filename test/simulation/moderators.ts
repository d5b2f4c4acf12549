import type { RoomId, UserId } from '@parley/protocol';
import type { ClusterEvent } from '../../src/bus/bus.js';
import { QUIET_AT_MS } from './schedule.js';
import type { Simulation } from './simulation.js';

/** REST retains a fact that could not be told, and tells it again. */
const AGAIN_MS = 500;
/** A lock is in force everywhere by then. */
const IN_FORCE_MS = 1_100;

/** What moderators do over REST while people call: they put people out, lock rooms and delete them. */
export const moderate = (run: Simulation, rooms: readonly string[]): void => {
  const { random } = run.world;
  const sometime = (act: () => void) => run.world.later(random.between(15_000, QUIET_AT_MS - 15_000), act);
  if (random.chance(0.5)) sometime(() => removeSomeone(run));
  for (let count = random.between(0, 4); count > 0; count -= 1) sometime(() => changeSomeonesRole(run));
  if (random.chance(0.3)) sometime(() => lock(run, random.of(rooms)));
  if (rooms.length > 1 && random.chance(0.3)) sometime(() => deleteRoom(run, 'room-b'));
};

/** A moderator acts within so many milliseconds of the question whether its target may join. */
const RACE_MS = 10;
const RACES_FROM_MS = 500;

/** Moderators who act at the very moment at which somebody joins, or comes back: what they do must not get lost. */
export const raceWithJoins = (run: Simulation): void => {
  const { world, rooms } = run;
  const { random } = world;
  rooms.whenAsked = (room, user) => {
    if (world.now < RACES_FROM_MS || world.now > QUIET_AT_MS - 15_000 || !random.chance(0.3)) return;
    const act = random.chance(0.5) ? removeUser : changeRole;
    world.later(random.between(0, RACE_MS), () => act(run, room, user));
  };
};

/** A room with a lobby, and moderators who answer each knock in a while. */
export const keepLobby = (run: Simulation, room: string): void => {
  const { world, rooms } = run;
  rooms.lobbies.add(room);
  rooms.whenKnocked = (_room, user) => {
    const admit = world.random.chance(0.7);
    world.later(world.random.between(0, 6_000), () => answerKnock(run, room, user, admit));
  };
};

const answerKnock = (run: Simulation, room: string, user: string, admit: boolean): void =>
  onNode(run, () => {
    const waits = run.rooms.answer(room, user, admit);
    if (!waits) return undefined;
    run.recorder.add({ kind: 'answered', user, room, admit });
    return { fact: 'knock_answered', room: room as RoomId, user: user as UserId, admitted: admit };
  });

const removeSomeone = (run: Simulation): void => {
  const present = run.clients.filter((client) => client.present);
  if (present.length < 3) return;
  const { user, roomId } = run.world.random.of(present);
  removeUser(run, roomId, user);
};

const changeSomeonesRole = (run: Simulation): void => {
  const present = run.clients.filter((client) => client.present);
  if (present.length === 0) return;
  const { user, roomId } = run.world.random.of(present);
  changeRole(run, roomId, user);
};

/** Makes a member a moderator, and a moderator a member. */
const changeRole = (run: Simulation, room: string, user: string): void =>
  onNode(run, () => {
    const role = run.rooms.setModerator(room, user, !run.rooms.isModerator(room, user));
    run.recorder.add({ kind: 'role', user, room, role });
    return { fact: 'member_changed', room: room as RoomId, user: user as UserId };
  });

const removeUser = (run: Simulation, room: string, user: string): void => {
  const ban = run.world.random.chance(0.5);
  onNode(run, () => {
    const { at, peers } = run.rooms.remove(room as RoomId, user as UserId, ban);
    run.recorder.add({ kind: 'removal', user, room, ban });
    if (ban && run.world.random.chance(0.6))
      run.world.later(run.world.random.between(3_000, 20_000), () => unban(run, room, user));
    return { fact: 'user_removed', room: room as RoomId, user: user as UserId, at, peers };
  });
};

/** A lifted ban, after which the user asks again with a new token. */
const unban = (run: Simulation, room: string, user: string): void =>
  onNode(run, () => {
    run.recorder.add({ kind: 'unban', user, room });
    run.rooms.unban(room, user);
    const isGone = () => run.clients.every((client) => client.user !== user || client.over);
    run.world.later(run.world.random.between(IN_FORCE_MS, 4_000), () => {
      if (isGone() && !run.revoked.has(user)) run.startClient(room, user);
    });
    return { fact: 'member_changed', room: room as RoomId, user: user as UserId };
  });

const lock = (run: Simulation, room: string): void => {
  const { world, rooms, recorder } = run;
  onNode(run, () => {
    rooms.locked.add(room);
    recorder.add({ kind: 'lock', room, on: true });
    world.later(world.random.between(8_000, 25_000), () => {
      recorder.add({ kind: 'lock', room, on: false });
      rooms.locked.delete(room);
      tell(run, { fact: 'room_changed', room: room as RoomId });
    });
    // Somebody who was never in it asks while it is in force.
    world.later(world.random.between(IN_FORCE_MS, 8_000), () => run.startClient(room));
    return { fact: 'room_changed', room: room as RoomId };
  });
};

const deleteRoom = (run: Simulation, room: string): void =>
  onNode(run, () => {
    run.rooms.deleted.add(room);
    run.recorder.add({ kind: 'deleted', room });
    return { fact: 'room_closed', room: room as RoomId };
  });

/** On a node that runs: it commits, and tells every node in the same step. */
const onNode = (run: Simulation, commit: () => ClusterEvent | undefined): void => {
  const nodes = run.slots.filter((node) => node.listening && !node.actor.stopped);
  if (nodes.length === 0) return;
  const node = run.world.random.of(nodes);
  run.world.at(node.actor, 0, () => {
    const event = commit();
    if (event === undefined) return;
    node.bus.publish(event).catch(() => run.world.later(AGAIN_MS, () => tell(run, event)));
  });
};

/** Tells every node, as soon as there is one that can. */
const tell = (run: Simulation, event: ClusterEvent): void => {
  const node = run.slots.find(({ listening, actor, bus }) => listening && !actor.stopped && bus.available);
  if (node === undefined) return run.world.later(AGAIN_MS, () => tell(run, event));
  node.bus.publish(event).catch(() => run.world.later(AGAIN_MS, () => tell(run, event)));
};
