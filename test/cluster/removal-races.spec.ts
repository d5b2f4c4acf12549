import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rest } from '../protocol/rest.js';
import { tokenOf } from '../support/issuer.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';
import { until } from '../support/until.js';
import { Victim } from './victim.js';

/** Concurrent races: many enough to interfere, few enough that the clients do not starve the nodes. */
const AT_ONCE = 25;
const ROUNDS = 28;
const ROUNDS_OF_AN_EMPTY_REDIS = 12;

/**
 * Three nodes and a real Redis. Users are removed at the moment at which they join, resume, move to another node,
 * refresh their token or start a new session, and at which Redis restarts empty.
 */
describe('a user who is removed from a room in a cluster', () => {
  let cluster: Cluster;
  let owner: { rest: Rest; token: string };
  let people = 0;

  beforeAll(async () => {
    cluster = await startCluster({
      nodes: 3,
      environment: {
        TRUSTED_PROXIES: 'loopback',
        MAX_ROOMS_PER_USER: '1000',
        USER_REQUEST_BURST: '100000',
        GUEST_BURST: '100000',
        REFRESH_BURST: '100000',
        MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '1000',
        ADDRESS_REQUEST_BURST: '100000',
      },
    });
    const rest = new Rest(urlOf(0));
    owner = { rest, token: (await rest.register('Owner')).accessToken };
  }, 120_000);
  afterAll(() => cluster?.stop());

  const urlOf = (node: number): string => (cluster.nodes[node % 3] as { url: string }).url;
  const call = (node: number, method: string, path: string, body?: object) =>
    new Rest(urlOf(node)).call(method, path, body, owner.token);

  const newVictim = async (room: string, n: number): Promise<Victim> => {
    people += 1;
    const urls = [0, 1, 2].map((node) => urlOf(n + node));
    if (n % 5 === 4) {
      const guest = await new Rest(urlOf(n)).call('POST', '/v1/auth/guest', { displayName: 'G', room });
      return new Victim(urls, room, guest.user.id, guest.accessToken, guest.refreshToken);
    }
    const user = `victim-${people}`;
    return new Victim(urls, room, user, await tokenOf(cluster.environment['JWT_SECRET'] as string, user));
  };

  const putOut = async (room: string, victim: Victim, n: number): Promise<void> => {
    const ban = n % 2 === 0 || victim.isGuest;
    await call(n, 'POST', `/v1/rooms/${room}/${ban ? 'bans' : 'kick'}`, { user: victim.user });
    victim.expected = ban ? 'banned' : 'removed';
  };

  /** The peers of the user in the room, as every node sees it; undefined: a node is unavailable now. */
  const present = async (room: string, victims: readonly Victim[]): Promise<string[] | undefined> => {
    const users = new Set(victims.map(({ user }) => user));
    try {
      const answers = await Promise.all([0, 1, 2].map((n) => call(n, 'GET', `/v1/rooms/${room}/participants`)));
      return answers.flatMap(({ participants }) => participants.map((p: any) => p.user)).filter((u) => users.has(u));
    } catch {
      return undefined;
    }
  };

  const race = async (round: number, meanwhile: () => Promise<void>): Promise<void> => {
    const { id: room } = await owner.rest.room(owner.token);
    const victims = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => newVictim(room, n)));
    await Promise.all(victims.map((victim, n) => (n % 3 === 2 ? undefined : victim.enter())));
    const disturbance = meanwhile();
    await Promise.all(
      victims.map(async (victim, n) => {
        const acting = victim.act(round + n);
        await putOut(room, victim, n + round);
        await acting;
      }),
    );
    await disturbance;
    await until(async () => (await present(room, victims))?.length === 0, 30_000);
    await until(() => victims.every((victim) => victim.isNotified), 30_000);
    // The old token and those refreshed from it are refused on every node, with any key.
    for (const victim of victims) {
      for (const node of [0, 1, 2]) {
        const answer = await until(() => victim.retry(node));
        expect({ round, user: victim.user, node, answer }).toMatchObject({ answer: victim.expected });
      }
    }
    for (const victim of victims) victim.close();
    expect(await present(room, victims)).toEqual([]);
  };

  it(`is removed in each of ${ROUNDS * AT_ONCE} races`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) await race(round, async () => {});
  }, 240_000);

  it(`is removed in each of ${ROUNDS_OF_AN_EMPTY_REDIS * AT_ONCE} races with a Redis that restarts empty`, async () => {
    for (let round = 0; round < ROUNDS_OF_AN_EMPTY_REDIS; round += 1) {
      await race(round, async () => {
        await cluster.redis.kill();
        await cluster.redis.restart();
      });
    }
  }, 240_000);
});
