import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MATRIX, PRINCIPALS, type Principal, type Row } from './authorization-matrix.js';
import { external, hostileStage, seconds, sign } from './stage.js';

const stage = hostileStage({ USER_REQUEST_BURST: '100000' });

interface OpenApi {
  readonly paths: Record<string, Record<string, unknown>>;
}

const MISSING = 'nowhere12345';
const MALFORMED = 'a%7D%7Bb%3A*';

/** A room, its owner, and a token of everybody who may ask. */
const world = async () => {
  const owner = await stage.rest().register('Owner');
  const stranger = await stage.rest().register('Stranger');
  const victim = await stage.rest().register('Victim');
  const { id: room } = await stage.rest().room(owner.accessToken);
  const { id: other } = await stage.rest().room(owner.accessToken);
  const guestOf = async (id: string) =>
    (await stage.rest().call('POST', '/v1/auth/guest', { displayName: 'G', room: id })).accessToken as string;
  const tokens: Record<Principal, string | undefined> = {
    anonymous: undefined,
    owner: owner.accessToken,
    stranger: stranger.accessToken,
    moderator: external('moderator', { rooms: { [room]: 'moderator' } }),
    member: external('member', { rooms: { [room]: 'member' } }),
    guest: await guestOf(room),
    'guest elsewhere': await guestOf(other),
    expired: external('expired', { iat: seconds() - 600, exp: seconds() - 60 }),
    'other tenant': sign(
      { alg: 'HS256' },
      { sub: owner.user.id, iss: 'elsewhere', aud: 'elsewhere', iat: seconds(), exp: seconds() + 60 },
    ),
  };
  return { owner, room, victim: victim.user.id, tokens };
};

/** The body with fresh values in the places that are named. */
const bodyOf = ({ body }: Row, { room, victim }: { room: string; victim: string }): object | undefined =>
  body === undefined
    ? undefined
    : JSON.parse(
        JSON.stringify(body)
          .replace('$room', room)
          .replace('$victim', victim)
          .replace('$fresh', `m${randomBytes(8).toString('hex')}`),
      );

const askAll = async (route: string, row: Row, object: 'existing' | 'missing' | 'malformed'): Promise<number[]> => {
  const [method = '', path = ''] = route.split(' ');
  const statuses: number[] = [];
  const isDestructive = method !== 'GET' && path.startsWith('/v1/rooms/');
  let at = await world();
  for (const principal of PRINCIPALS) {
    // What one did must not decide what the next may.
    if (isDestructive && object === 'existing') at = await world();
    const own = path.startsWith('/v1/users/') ? at.owner.user.id : at.room;
    const id = { existing: own, missing: MISSING, malformed: MALFORMED }[object];
    const token = at.tokens[principal];
    const body = bodyOf(row, at);
    const answer = await stage
      .rest()
      .ask(method, path.replace('{id}', id).replace('{user}', at.victim).replace('{invite}', MISSING), {
        ...(token !== undefined && { token }),
        ...(body !== undefined && { json: body }),
        ...(row.ifMatch === true && { headers: { 'if-match': '"v1"' } }),
      });
    statuses.push(answer.status);
  }
  return statuses;
};

describe('the authorization matrix', () => {
  it('has a row for every route that there is, and none for a route that there is not', async () => {
    const document = (await stage.rest().ask('GET', '/docs/openapi.json')).body as OpenApi;
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(MATRIX).sort()).toEqual(routes.sort());
  });

  it.each(Object.entries(MATRIX))(
    'R01 R02 A15 %s',
    async (route, row) => {
      expect(await askAll(route, row, 'existing')).toEqual(row.existing);
      for (const object of ['missing', 'malformed'] as const) {
        const expected = row[object];
        expect(expected === undefined).toBe(!route.includes('{id}'));
        if (expected !== undefined) expect(await askAll(route, row, object)).toEqual(expected);
      }
    },
    60_000,
  );
});
