import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from './clients.js';
import type { Scene } from './injectors.js';
import type { Moderator, OwnedRoom } from './moderator.js';
import type { ActionName } from './plan.js';

/** Where users act. */
export interface UserScene extends Scene {
  /** The rooms that there are now. */
  readonly rooms: OwnedRoom[];
  readonly moderator: Moderator;
  /** A client that asks to enter this room once; undefined: it was refused. */
  readonly knock: (room: string) => Promise<Client | undefined>;
}

/** Does one thing that users do, from its beginning to its end. */
type Action = (scene: UserScene, forMs: number, pick: number) => Promise<unknown>;

/** A lock is in force everywhere by then. */
const IN_FORCE_MS = 1_100;

const withUser =
  (act: (client: Client, scene: UserScene, forMs: number, pick: number) => Promise<unknown>): Action =>
  (scene, forMs, pick) =>
    scene.clients.withFree(pick, (client) => act(client, scene, forMs, pick));

/** What of the number did not choose one thing chooses another. */
const rest = (pick: number): number => (pick * 997) % 1;

const one = <Item>(items: readonly Item[], pick: number): Item | undefined => items[Math.floor(pick * items.length)];

const otherRoom = async (client: Client, { rooms }: UserScene, pick: number): Promise<string | undefined> => {
  const { wanted } = await client.view();
  return one(
    rooms.filter(({ room }) => !wanted.includes(room)),
    rest(pick),
  )?.room;
};

const onUser =
  (act: (moderator: Moderator, room: OwnedRoom, user: string, forMs: number) => Promise<unknown>): Action =>
  (scene, forMs, pick) =>
    scene.clients.withFree(pick, async (client) => {
      const { wanted } = await client.view();
      const room = scene.rooms.find((owned) => wanted.includes(owned.room));
      if (room !== undefined) await act(scene.moderator, room, client.name, forMs);
    });

export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  'join cancelled': withUser(async (client, scene, afterMs, pick) => {
    const room = await otherRoom(client, scene, pick);
    if (room !== undefined) await client.command('cancelJoin', { room, afterMs });
  }),
  'join repeated': withUser(async (client, scene, afterMs, pick) => {
    const room = await otherRoom(client, scene, pick);
    if (room === undefined) return;
    await client.command('joinTwice', { room, afterMs, atOnce: rest(pick) < 0.5 });
    await client.command('exit', { room });
  }),
  'room entered again': withUser(async (client, _scene, _forMs, pick) => {
    const room = one((await client.view()).wanted, rest(pick));
    if (room !== undefined) await client.command('reenter', { room });
  }),
  'second room': withUser(async (client, scene, _forMs, pick) => {
    const [, second] = (await client.view()).wanted;
    const room = second ?? (await otherRoom(client, scene, pick));
    if (room !== undefined) await client.command(second === undefined ? 'want' : 'exit', { room });
  }),
  'page reloaded': withUser((client, _scene, _forMs, pick) => client.command('reload', { silently: rest(pick) < 0.3 })),

  'user kicked': onUser((moderator, room, user) => moderator.kick(room, user)),
  'user banned': onUser(async (moderator, room, user, forMs) => {
    await moderator.ban(room, user);
    await wait(forMs);
    await moderator.unban(room, user);
  }),
  'room locked': async ({ rooms, moderator, knock }, forMs, pick) => {
    const room = one(rooms, pick) as OwnedRoom;
    await moderator.lock(room, true);
    await wait(IN_FORCE_MS);
    const outsider = knock(room.room);
    await wait(forMs);
    await moderator.lock(room, false);
    await (await outsider)?.leave();
  },
  'room deleted': async (scene, _forMs, pick) => {
    const { rooms, moderator, clients } = scene;
    const index = Math.floor(pick * rooms.length);
    const old = rooms[index] as OwnedRoom;
    const fresh = await moderator.create(old);
    rooms[index] = fresh;
    const wanting = async (): Promise<Client[]> => {
      const views = await Promise.all(clients.alive.map(async (client) => [client, await client.view()] as const));
      return views.filter(([, { wanted }]) => wanted.includes(old.room)).map(([client]) => client);
    };
    // A client that is told of the end at once wants the room no more when it is asked afterwards.
    const before = await wanting();
    await moderator.remove(old);
    for (const client of new Set([...before, ...(await wanting())])) {
      if (!client.over) await client.command('want', { room: fresh.room });
    }
  },
};
