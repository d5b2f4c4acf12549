import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import type { Presence } from '../../../src/presence/presence.js';
import { PRESENCE } from '../../../src/presence/presence.tokens.js';
import { fields, problem, type World } from './world.js';

export const roomsSuite = (world: World): void => {
  const ids = (response: { body: { items: { id: string }[] } }) => response.body.items.map(({ id }) => id);

  const attend = (room: string) =>
    world.rest.app.get<Presence>(PRESENCE).attach({
      room: room as RoomId,
      participant: {
        peer: 'peer-1' as PeerId,
        user: 'u_1' as UserId,
        name: 'Ada',
        role: 'member',
        meta: { muted: true },
        publish: false,
      },
      node: 'node-1' as NodeId,
      connection: 'connection-1' as ConnectionId,
      attempt: 1,
      capacity: 10,
      replaceMeta: true,
    });

  describe('a room', () => {
    it('is created, read, changed and deleted by its owner', async () => {
      const ada = await world.account();
      const as = world.as(ada);
      const made = await as.post('/v1/rooms', {
        name: ' Weekly ',
        capacity: 5,
        listed: false,
        metadata: { topic: ['x'] },
      });
      expect(made.status).toBe(201);
      expect(made.body).toEqual({
        id: expect.stringMatching(/^\w{12}$/),
        name: 'Weekly',
        owner: ada.id,
        capacity: 5,
        guestsAllowed: true,
        listed: false,
        access: 'open',
        endsAt: null,
        endWhenEmptySeconds: null,
        locked: false,
        metadata: { topic: ['x'] },
        createdAt: expect.stringMatching(/Z$/),
        participants: 0,
      });
      const path = `/v1/rooms/${made.body.id}`;
      expect(made.headers).toMatchObject({ etag: '"v1"', location: path, 'cache-control': 'no-store' });

      const read = await as.get(path).expect(200);
      expect([read.body, read.headers.etag]).toEqual([made.body, '"v1"']);
      const changed = await as.patch(path, { name: 'Monthly', capacity: null }, '"v1"').expect(200);
      expect([changed.body, changed.headers.etag]).toEqual([{ ...made.body, name: 'Monthly', capacity: null }, '"v2"']);
      expect(world.rest.events).toContainEqual({ fact: 'room_changed', room: made.body.id });

      await as.delete(path).expect(204);
      expect(world.rest.events).toContainEqual({ fact: 'room_closed', room: made.body.id });
      expect(problem(await as.get(path))).toEqual({ status: 404, code: 'room_not_found' });
      expect(problem(await as.delete(path)).code).toBe('room_not_found');
    });

    it('is not changed without If-Match, nor with the ETag of an older version', async () => {
      const as = world.as(await world.account());
      const { body } = await as.post('/v1/rooms', { name: 'Weekly' });
      const path = `/v1/rooms/${body.id}`;
      expect(problem(await as.patch(path, { name: 'A' }))).toEqual({ status: 428, code: 'precondition_required' });
      const both = await Promise.all(['A', 'B'].map((name) => as.patch(path, { name }, '"v1"')));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect(problem(await as.patch(path, { name: 'C' }, '"v1"'))).toEqual({
        status: 412,
        code: 'precondition_failed',
      });
      expect(problem(await as.patch(path, { name: 'C' }, 'W/"v2"')).code).toBe('precondition_failed');
      expect(problem(await as.patch(path, { name: 'C' }, 'rubbish')).code).toBe('precondition_failed');
      await as.patch(path, { name: 'C' }, '"v9", "v2"').expect(200);
    });

    it('can be read by others and changed only by its owner', async () => {
      const room = await world.room(await world.account());
      const outsider = world.as(await world.account());
      await outsider.get(`/v1/rooms/${room}`).expect(200);
      expect(problem(await outsider.patch(`/v1/rooms/${room}`, { name: 'Mine' }, '"v1"')).code).toBe('forbidden');
      expect(problem(await outsider.delete(`/v1/rooms/${room}`))).toEqual({ status: 403, code: 'forbidden' });
    });

    it('can be changed, not deleted, by a moderator by grant', async () => {
      const room = await world.room(await world.account());
      const moderator = world.as(world.external('outside-moderator', { [room]: 'moderator' }));
      await moderator.patch(`/v1/rooms/${room}`, { name: 'Moderated' }, '"v1"').expect(200);
      expect(problem(await moderator.delete(`/v1/rooms/${room}`)).code).toBe('forbidden');
    });

    it('does not exist for a token with grants for other rooms', async () => {
      const owner = await world.account();
      const [room, other] = [await world.room(owner), await world.room(owner)];
      const bound = world.as(world.external('outside-bound', { [other]: 'member' }));
      expect(problem(await bound.get(`/v1/rooms/${room}`)).code).toBe('forbidden');
      expect(ids(await bound.get('/v1/rooms').expect(200))).toEqual([other]);
    });

    it('shows its name to anyone with the link', async () => {
      const room = await world.room(await world.account(), { guestsAllowed: false, listed: false });
      const answer = await world.http.get(`/v1/rooms/${room}/preview`).expect(200);
      expect(answer.body).toEqual({ id: room, name: 'Weekly', guestsAllowed: false, access: 'open', locked: false });
      expect(problem(await world.http.get('/v1/rooms/nowhere/preview')).code).toBe('room_not_found');
      expect(problem(await world.http.get('/v1/rooms/a%7D%7Bb/preview')).code).toBe('room_not_found');
    });

    it('lists its participants', async () => {
      const ada = world.as(await world.account());
      const { body } = await ada.post('/v1/rooms', { name: 'Busy' });
      await attend(body.id);
      const answer = await ada.get(`/v1/rooms/${body.id}/participants`).expect(200);
      expect(answer.body).toEqual({
        epoch: expect.any(String),
        version: 1,
        participants: [
          {
            peer: 'peer-1',
            user: 'u_1',
            name: 'Ada',
            role: 'member',
            meta: { muted: true },
            state: 'on',
            order: expect.any(Number),
            publish: false,
          },
        ],
      });
      expect((await ada.get(`/v1/rooms/${body.id}`)).body.participants).toBe(1);
      expect(problem(await ada.get('/v1/rooms/nowhere/participants')).code).toBe('room_not_found');
    });

    it.each([
      ['no name', {}, ['name']],
      ['a name with a line break', { name: 'a\nb' }, ['name']],
      ['a capacity of nothing', { name: 'x', capacity: 0 }, ['capacity']],
      ['half a seat', { name: 'x', capacity: 1.5 }, ['capacity']],
      ['a word for a truth', { name: 'x', listed: 'yes' }, ['listed']],
      ['null for a truth', { name: 'x', guestsAllowed: null }, ['guestsAllowed']],
      ['metadata that is a list', { name: 'x', metadata: [1] }, ['metadata']],
      ['metadata of more than 4 KiB', { name: 'x', metadata: { a: 'x'.repeat(4_096) } }, ['metadata']],
      ['metadata with a character that cannot be kept', { name: 'x', metadata: { a: '\u0000' } }, ['metadata']],
      ['an owner', { name: 'x', owner: 'u_other', id: 'mine', version: 9 }, ['id', 'owner', 'version']],
    ])('is not made with %s', async (_, body, wrong) => {
      const answer = await world.as(await world.account()).post('/v1/rooms', body);
      expect([problem(answer).code, fields(answer)]).toEqual(['bad_request', wrong]);
    });

    it.each([
      '{"name":"x","__proto__":{"polluted":1}}',
      '{"name":"x","metadata":{"a":{"\\u005f_proto__":{"polluted":1}}}}',
      '{"name":"x","metadata":{"constructor":{"prototype":{"polluted":1}}}}',
    ])('is not made with keys that reach a prototype: %s', async (text) => {
      const ada = await world.account();
      const answer = await world.http
        .post('/v1/rooms')
        .set('authorization', `Bearer ${ada.accessToken}`)
        .set('content-type', 'application/json')
        .send(text);
      expect(problem(answer)).toEqual({ status: 400, code: 'bad_request' });
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });

    it('is limited to 50 per owner, also in a burst', async () => {
      const as = world.as(await world.account());
      const answers = await Promise.all(
        Array.from({ length: 55 }, () => as.post('/v1/rooms', { name: 'One of many', listed: false })),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused.map((answer) => problem(answer))).toEqual(Array(5).fill({ status: 409, code: 'too_many_rooms' }));
    });
  });

  describe('the list of rooms', () => {
    it('is paginated, newest first, without gaps or repetitions while rooms are created', async () => {
      const ada = await world.account();
      const tag = world.uniqueName('walk');
      const made: string[] = [];
      for (let n = 0; n < 7; n += 1) made.unshift(await world.room(ada, { name: `${tag} ${n}` }));
      const walked: string[] = [];
      let cursor: string | null = '';
      let pages = 0;
      while (cursor !== null) {
        const query = new URLSearchParams({ search: tag, limit: '3', ...(cursor === '' ? {} : { cursor }) });
        const page: { body: { items: { id: string }[]; nextCursor: string | null } } = await world
          .as(ada)
          .get(`/v1/rooms?${query}`)
          .expect(200);
        walked.push(...ids(page));
        cursor = page.body.nextCursor;
        pages += 1;
        await world.room(ada, { name: `${tag} later` });
      }
      expect([walked, pages]).toEqual([made, 3]);
    });

    it('shows unlisted rooms only to their members', async () => {
      const [ada, grace] = [await world.account(), await world.account()];
      const tag = world.uniqueName('hidden');
      const room = await world.room(ada, { name: tag, listed: false });
      expect(ids(await world.as(ada).get(`/v1/rooms?search=${tag}`))).toEqual([room]);
      expect(ids(await world.as(grace).get(`/v1/rooms?search=${tag}`))).toEqual([]);
    });

    it('finds a part of a name in any case, and wildcards literally', async () => {
      const ada = await world.account();
      const tag = world.uniqueName('find');
      const room = await world.room(ada, { name: `Ünïcode 100%_\\ ${tag}` });
      const find = async (search: string) =>
        ids(
          await world
            .as(ada)
            .get(`/v1/rooms?search=${encodeURIComponent(search)}`)
            .expect(200),
        );
      expect(await find(`üNÏCODE 100%_\\ ${tag.toUpperCase()}`)).toEqual([room]);
      expect(await find(`ünïcode%${tag}`)).toEqual([]);
      expect(await find(`Ünïcode 100%__ ${tag}`)).toEqual([]);
      expect(await find(`' or 1=1 --`)).toEqual([]);
    });

    it('counts the participants of each room', async () => {
      const ada = await world.account();
      const tag = world.uniqueName('count');
      const room = await world.room(ada, { name: tag });
      await attend(room);
      const answer = await world.as(ada).get(`/v1/rooms?search=${tag}`);
      expect(answer.body.items[0].participants).toBe(1);
    });

    it.each([
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1.5',
      'limit=abc',
      'limit=1e9',
      'search=',
      'search=%00',
      `search=${'x'.repeat(101)}`,
      'sort=password',
      'cursor=',
      'cursor=rubbish',
      `cursor=${'A'.repeat(60)}`,
      `cursor=${'A'.repeat(300)}`,
      'cursor[__proto__]=x',
    ])('refuses %s', async (query) => {
      const answer = await world.as(await world.account()).get(`/v1/rooms?${query}`);
      expect(problem(answer)).toEqual({ status: 400, code: 'bad_request' });
    });

    it('refuses the cursor of another user or another search', async () => {
      const [ada, grace] = [await world.account(), await world.account()];
      const tag = world.uniqueName('cursor');
      for (let n = 0; n < 2; n += 1) await world.room(ada, { name: tag });
      const { body } = await world.as(ada).get(`/v1/rooms?search=${tag}&limit=1`).expect(200);
      expect(problem(await world.as(grace).get(`/v1/rooms?search=${tag}&cursor=${body.nextCursor}`)).code).toBe(
        'bad_request',
      );
      expect(problem(await world.as(ada).get(`/v1/rooms?cursor=${body.nextCursor}`)).code).toBe('bad_request');
      await world.as(ada).get(`/v1/rooms?search=${tag}&cursor=${body.nextCursor}`).expect(200);
    });
  });
};
