import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MATRIX, ofGranted, PRINCIPALS, type Principal, type Row } from './authorization-matrix.js';
import { codeOf, external, hostileStage, seconds, sign } from './stage.js';

const stage = hostileStage({ USER_REQUEST_BURST: '100000' });

interface OpenApi {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, unknown> }>>;
}

/** Whether a route issues tokens, by its description. */
const givesTokens = ({ responses }: { readonly responses: Record<string, unknown> }): boolean =>
  /schemas\/\w*Tokens/.test(JSON.stringify(responses));

const MISSING = 'nowhere12345';
const MALFORMED = 'a%7D%7Bb%3A*';

/** Creates a room by the grant of its first user's token. */
const createByGrant = async (): Promise<string> => {
  const room = `granted-${randomBytes(8).toString('hex')}`;
  const creator = await stage.socket();
  await creator.hello(external('creator', { rooms: { [room]: 'owner' } }));
  expect((await creator.request({ type: 'join', room })).type).toBe('joined');
  creator.cut();
  return room;
};

/** A room, its owner, a room by grant, and a token of each principal. */
const world = async (settings: object = {}) => {
  const owner = await stage.rest().register('Owner');
  const outsider = await stage.rest().register('Stranger');
  const victim = await stage.rest().register('Victim');
  const { id: room } = await stage.rest().room(owner.accessToken, settings);
  const { id: other } = await stage.rest().room(owner.accessToken);
  const granted = await createByGrant();
  const { token: invite } = await stage.rest().call('POST', `/v1/rooms/${room}/invites`, {}, owner.accessToken);
  const [username, password] = [`l${randomBytes(8).toString('hex')}`, randomBytes(12).toString('hex')];
  const { refreshToken } = await stage
    .rest()
    .call('POST', '/v1/auth/register', { username, password, displayName: 'Login' });
  const guestOf = async (id: string) =>
    (await stage.rest().call('POST', '/v1/auth/guest', { displayName: 'G', room: id })).accessToken as string;
  const tokens: Record<Principal, string | undefined> = {
    anonymous: undefined,
    owner: owner.accessToken,
    stranger: outsider.accessToken,
    moderator: external('moderator', { rooms: { [room]: 'moderator', [granted]: 'moderator' } }),
    member: external('member', { rooms: { [room]: 'member', [granted]: 'member' } }),
    guest: await guestOf(room),
    'guest elsewhere': await guestOf(other),
    expired: external('expired', { iat: seconds() - 600, exp: seconds() - 60 }),
    'other tenant': sign(
      { alg: 'HS256' },
      { sub: owner.user.id, iss: 'elsewhere', aud: 'elsewhere', iat: seconds(), exp: seconds() + 60 },
    ),
  };
  const values = { room, victim: victim.user.id, invite, username, password, refresh: refreshToken };
  return { owner, room, granted, victim: victim.user.id, tokens, values };
};

/** How often the node's policy decided this action. */
const timesAsked = async (action: string): Promise<number> => {
  const text = await (await fetch(`${stage.node.url}/metrics`)).text();
  const counts = text.matchAll(/^parley_policy_decisions_total\{action="([\w.]+)",outcome="\w+"\} (\d+)$/gm);
  return [...counts].reduce((sum, [, name, count]) => (name === action ? sum + Number(count) : sum), 0);
};

/** Fills the placeholders of a body with new values. */
const bodyOf = ({ body }: Row, values: Readonly<Record<string, string>>): object | undefined =>
  body === undefined
    ? undefined
    : JSON.parse(
        JSON.stringify(body).replace(/\$(\w+)/g, (_, name: string) =>
          name === 'fresh' ? `m${randomBytes(8).toString('hex')}` : (values[name] as string),
        ),
      );

/** Routes that consume or delete their object. */
const isUsedUp = (method: string, path: string): boolean =>
  path === '/v1/auth/refresh' || (method !== 'GET' && path.startsWith('/v1/rooms/'));

const askAll = async (
  route: string,
  row: Row,
  object: 'existing' | 'locked' | 'inviteOnly' | 'granted' | 'missing' | 'malformed',
): Promise<number[]> => {
  const [method = '', path = ''] = route.split(' ');
  const statuses: number[] = [];
  const isDestructive = isUsedUp(method, path);
  const settings = { locked: { locked: true }, inviteOnly: { access: 'invite' } }[object as 'locked' | 'inviteOnly'];
  let at = await world(settings);
  for (const principal of PRINCIPALS) {
    // Each principal gets new objects, so that an earlier request cannot affect the result.
    if (isDestructive && (object === 'existing' || object === 'granted')) at = await world();
    const own = path.startsWith('/v1/users/') ? at.owner.user.id : at.room;
    const id = {
      existing: own,
      locked: own,
      inviteOnly: own,
      granted: at.granted,
      missing: MISSING,
      malformed: MALFORMED,
    }[object];
    const token = at.tokens[principal];
    const body = bodyOf(row, { ...at.values, ...(object === 'granted' && { room: at.granted }) });
    const asked = typeof row.asks === 'string' && object === 'existing' ? row.asks : undefined;
    const before = asked === undefined ? 0 : await timesAsked(asked);
    const answer = await stage
      .rest()
      .ask(method, path.replace('{id}', id).replace('{user}', at.victim).replace('{invite}', MISSING), {
        ...(token !== undefined && { token }),
        ...(body !== undefined && { json: body }),
        ...(row.ifMatch === true && { headers: { 'if-match': '"v1"' } }),
      });
    statuses.push(answer.status);
    // Requests with an invalid token never reach the policy; for all others it decides.
    if (asked !== undefined && answer.status !== 401) {
      expect([route, principal, (await timesAsked(asked)) > before]).toEqual([route, principal, true]);
    }
  }
  return statuses;
};

describe('the authorization matrix', () => {
  it('has a row for every route, and no other row', async () => {
    const document = (await stage.rest().ask('GET', '/docs/openapi.json')).body as OpenApi;
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(MATRIX).sort()).toEqual(routes.sort());
  });

  it('names the policy action of every read, and of every route that issues tokens', async () => {
    const { paths } = (await stage.rest().ask('GET', '/docs/openapi.json')).body as OpenApi;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({ name: `${method.toUpperCase()} ${path}`, route })),
    );
    const giving = routes.filter(({ route }) => givesTokens(route)).map(({ name }) => name);
    expect(giving.sort()).toEqual(['guest', 'login', 'refresh', 'register'].map((name) => `POST /v1/auth/${name}`));
    for (const name of giving) expect([name, MATRIX[name]?.asks]).toEqual([name, expect.stringMatching(/\.token$/)]);
    const reads = routes.filter(({ name }) => /^GET (?!\/health\/)/.test(name));
    for (const { name } of reads) expect([name, MATRIX[name]?.asks]).toEqual([name, expect.any(String)]);
  });

  it('asks the policy for a guest at the first token and at each refresh', async () => {
    const owner = await stage.rest().register('Owner');
    const { id: room } = await stage.rest().room(owner.accessToken);
    const asked = [await timesAsked('guest.token')];
    let { refreshToken } = await stage.rest().call('POST', '/v1/auth/guest', { displayName: 'G', room });
    asked.push(await timesAsked('guest.token'));
    for (let n = 0; n < 2; n += 1) {
      ({ refreshToken } = await stage.rest().call('POST', '/v1/auth/refresh', { refreshToken }));
      asked.push(await timesAsked('guest.token'));
    }
    expect(asked.map((count) => count - (asked[0] as number))).toEqual([0, 1, 2, 3]);
  });

  it.each(Object.entries(MATRIX))(
    'R01 R02 A15 %s',
    async (route, row) => {
      expect(await askAll(route, row, 'existing')).toEqual(row.existing);
      const granted = row.granted ?? (route.includes('/rooms/{id}') ? ofGranted(row) : undefined);
      if (granted !== undefined) expect(await askAll(route, row, 'granted')).toEqual(granted);
      for (const object of ['locked', 'inviteOnly'] as const) {
        const expected = row[object];
        expect(expected !== undefined).toBe(route.startsWith('GET /v1/rooms/{id}'));
        if (expected !== undefined) expect(await askAll(route, row, object)).toEqual(expected);
      }
      for (const object of ['missing', 'malformed'] as const) {
        const expected = row[object];
        expect(expected === undefined).toBe(!route.includes('{id}'));
        if (expected !== undefined) expect(await askAll(route, row, object)).toEqual(expected);
      }
    },
    60_000,
  );

  it('R01 admits no guest to a room that a grant created by any frame, nor reveals that it exists', async () => {
    const room = await createByGrant();
    const answers = async (id: string) => {
      const guest = await stage.socket();
      expect((await guest.hello(external('guest', { kind: 'guest', rooms: { [id]: 'guest' } }))).type).toBe('welcome');
      const frames = [{ type: 'join' }, { type: 'history' }, { type: 'chat', text: 'x' }, { type: 'update', meta: {} }];
      const codes: string[] = [];
      for (const frame of frames) codes.push(codeOf(await guest.request({ ...frame, room: id })));
      return codes;
    };
    expect(await answers(room)).toEqual(['error room_not_found', ...Array(3).fill('error not_in_room')]);
    expect(await answers(MISSING)).toEqual(await answers(room));
  });
});
