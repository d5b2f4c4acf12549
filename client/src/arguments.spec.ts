import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { ParleyClient } from './parley-client.js';
import type { Room } from './room/room.js';
import { Clients } from './testing/clients.js';

/** The public API as JavaScript sees it: any argument may be anything. */
type Untyped = any;

const isRequest = (type: string) => type !== 'ping' && type !== 'pong';

let clients: Clients;
let client: ParleyClient & Untyped;
let room: Room & Untyped;

beforeAll(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  ({ client, room } = await clients.joined());
  // Sent after the join's own history.
  await room.update({});
});
afterAll(() => clients.stop());

const CALLS: readonly [string, () => unknown][] = [
  ['join of no room', () => client.join(undefined)],
  ['join of a number', () => client.join(7)],
  ['join of an object that reads like an id', () => client.join({ toString: () => 'room' })],
  ['join with options that are no object', () => client.join('other', 'media')],
  ['join with a list for meta', () => client.join('other', { media: false, meta: [] })],
  ['join with a key in meta that the server refuses', () => client.join('other', { meta: { a: { constructor: 1 } } })],
  ['join with a word for media', () => client.join('other', { media: 'no' })],
  ['join with a signal that is none', () => client.join('other', { media: false, signal: {} })],
  ['join with waiting that is no function', () => client.join('other', { media: false, waiting: true })],
  ['join with an invite that is no string', () => client.join('other', { media: false, invite: 7 })],
  ['update without meta', () => room.update()],
  ['update with null', () => room.update(null)],
  ['update with a text', () => room.update('muted')],
  ['a chat message without a text', () => room.sendChat()],
  ['an empty chat message', () => room.sendChat('')],
  ['a history that begins before the first message', () => room.history({ after: -1 })],
  ['a history of a number of messages that is none', () => room.history({ limit: '20' })],
  ['a history of too many messages', () => room.history({ limit: 101 })],
  ['a broadcast of no kind', () => room.broadcast(undefined, {})],
  ['a broadcast of a kind with a blank', () => room.broadcast('a b', {})],
  ['publishing nothing', () => room.publish()],
  ['admitting nobody', () => room.moderation.admit(undefined)],
  ['denying an object', () => room.moderation.deny({ knock: 'k' })],
  ['kicking a peer instead of its id', () => room.moderation.kick({ id: 'a' })],
  ['kicking with an empty reason', () => room.moderation.kick('a', '')],
  ['banning with a reason that is too long', () => room.moderation.ban('a', 'x'.repeat(201))],
  ['muting nobody', () => room.moderation.requestMute()],
  ['permitting without permissions', () => room.moderation.permit('a')],
  ['permitting with a word', () => room.moderation.permit('a', { publish: 'no' })],
  ['listening with no function', () => room.on('chat', undefined)],
  ['listening once with no function', () => client.once('state', {})],
];

describe('an invalid argument', () => {
  it.each(CALLS)('%s: is refused before anything is sent', async (_name, call) => {
    const sent = clients.gateway.received.length;
    await expect((async () => call())()).rejects.toMatchObject({ name: 'ParleyError', code: 'bad_request' });
    // The reply to a valid request on the same socket: whatever was sent before it has arrived.
    await room.update({});
    expect(
      clients.gateway.received
        .slice(sent)
        .map(({ type }) => type)
        .filter(isRequest),
    ).toEqual(['update']);
  });

  it('an invite that was cut short: is an invalid invite, not a mistake of the program', async () => {
    await expect(client.join('other', { media: false, invite: 'abc' })).rejects.toMatchObject({
      code: 'invite_invalid',
    });
  });
});

describe('an invalid option of the client', () => {
  it.each([
    ['nothing at all', undefined],
    ['no url', { token: 't', WebSocket }],
    ['a url that is a number', { url: 7, token: 't', WebSocket }],
    ['no token', { url: 'http://host', WebSocket }],
    ['a promise for a token', { url: 'http://host', token: Promise.resolve('t'), WebSocket }],
    ['a WebSocket that is no class', { url: 'http://host', token: 't', WebSocket: {} }],
    ['a feature that is no word', { url: 'http://host', token: 't', WebSocket, features: ['a b'] }],
    ['networkChanges that is no function', { url: 'http://host', token: 't', WebSocket, networkChanges: true }],
  ])('%s: is refused by the constructor', (_name, options) => {
    expect(() => new (client.constructor as Untyped)(options)).toThrow(
      expect.objectContaining({ name: 'ParleyError', code: 'bad_request' }),
    );
  });
});
