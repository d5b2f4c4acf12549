import type { ClientMessage, ClientMessageType, ServerMessage } from '@parley/protocol';
import type { Unbranded } from '../../schema/static-type.js';
import type { ServerMessageType } from '../codec/server-message.schema.js';

/** The description of one message in the API document, in addition to its schema. */
export interface MessageNote<Header> {
  readonly summary: string;
  readonly example: Header;
  /** An example of the text behind the header line; absent when the frame has no body. */
  readonly body?: string;
}

type ClientNote<T extends ClientMessageType> = MessageNote<Unbranded<Extract<ClientMessage, { type: T }>>> & {
  /** The possible replies in addition to `error`; empty when there is none on success. */
  readonly replies: readonly ServerMessageType[];
};
type ServerNote<T extends ServerMessageType> = MessageNote<Unbranded<Extract<ServerMessage, { type: T }>>>;

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1XzEifQ.c2lnbmF0dXJl';
const KEY = 'bGV0IG1lIGluLCB0aGlzIGlzIDMyIGJ5dGVzIGxvbmc';
const OFFER = '{"type":"offer","sdp":"v=0\\r\\n…"}';
const room = 'k3J9xQ2bLw7Z';
const [ada, bob] = ['pA7yQ1', 'pB4mT8'];

/** The client messages. */
export const CLIENT_NOTES: { readonly [T in ClientMessageType]: ClientNote<T> } = {
  hello: {
    summary: 'Authenticate the socket with its first frame. To resume, send it again with the next attempt.',
    example: { type: 'hello', id: '1', token: TOKEN, key: KEY, attempt: 1, features: ['heartbeat'] },
    replies: ['welcome'],
  },
  join: {
    summary: 'Join a room, or resume in it under the same peer id.',
    example: { type: 'join', id: '2', room, meta: { muted: false } },
    replies: ['joined', 'waiting'],
  },
  leave: {
    summary: 'Leave a room permanently, or stop waiting in its lobby.',
    example: { type: 'leave', id: '3', room },
    replies: ['left'],
  },
  update: {
    summary: 'Replace your data in a room.',
    example: { type: 'update', id: '4', room, meta: { muted: true } },
    replies: ['updated'],
  },
  signal: {
    summary: 'Send a signal to one peer. The receiving client acknowledges it, not the server.',
    example: { type: 'signal', to: bob, seq: 1, base: 1, kind: 'offer' },
    body: OFFER,
    replies: [],
  },
  ack: {
    summary: 'Acknowledge all signals of a peer up to a sequence number, except those listed as missed.',
    example: { type: 'ack', to: bob, upto: 7, missed: [5] },
    replies: [],
  },
  broadcast: {
    summary: 'Send a message to all other peers of a room, at most once.',
    example: { type: 'broadcast', room, kind: 'reaction' },
    body: '"👏"',
    replies: [],
  },
  chat: {
    summary: 'Send a chat message to a room, which stores it. A resend with the same id is the same message.',
    example: { type: 'chat', id: 'm-1', room, text: 'Good morning' },
    replies: ['chat'],
  },
  history: {
    summary: 'Get chat messages after a cursor, oldest first.',
    example: { type: 'history', id: '5', room, after: 0, limit: 50 },
    replies: ['history'],
  },
  refresh: {
    summary: 'Replace the access token by a new one of the same user before it expires.',
    example: { type: 'refresh', id: '6', token: TOKEN },
    replies: ['refreshed'],
  },
  answer_knock: {
    summary: 'Admit or deny a user who waits in the lobby (moderators).',
    example: { type: 'answer_knock', id: '7', room, knock: 'n0Ck', admit: true },
    replies: ['done'],
  },
  kick: {
    summary: 'Remove all peers of a user from a room, and optionally ban them (moderators).',
    example: { type: 'kick', id: '8', room, peer: bob, ban: false, reason: 'advertising' },
    replies: ['done'],
  },
  mute: {
    summary: 'Ask a peer to mute itself (moderators).',
    example: { type: 'mute', id: '9', room, peer: bob },
    replies: ['done'],
  },
  permit: {
    summary: 'Deny or grant a peer the permission to publish or to chat (moderators).',
    example: { type: 'permit', id: '10', room, peer: bob, publish: false },
    replies: ['done'],
  },
  lock: {
    summary: 'Lock a room for new peers, or unlock it (moderators).',
    example: { type: 'lock', id: '11', room, locked: true },
    replies: ['done'],
  },
  ping: { summary: 'Check that the server responds.', example: { type: 'ping', id: '12' }, replies: ['pong'] },
  pong: { summary: 'Answer a ping of the server.', example: { type: 'pong' }, replies: [] },
};

const participant: ServerNote<'joined'>['example']['participants'][number] = {
  ...{ peer: ada, user: 'u_1', name: 'Ada', meta: { muted: false }, order: 1 },
  role: 'owner',
  state: 'on',
};
const line = { id: 'm-1', seq: 1, user: 'u_1', name: 'Ada', from: ada, at: 1_795_478_400_000, text: 'Good morning' };
const iceServers = [{ urls: ['turn:turn.example.org:3478'], username: '1795482000:u_1', credential: 'c2VjcmV0' }];

/** The server messages but `welcome`, whose example depends on the limits of the server. */
export const SERVER_NOTES: { readonly [T in Exclude<ServerMessageType, 'welcome'>]: ServerNote<T> } = {
  joined: {
    summary: 'You joined a room: its participants, including yourself.',
    example: {
      ...{ type: 'joined', re: '2', room, peer: ada, resumed: false, epoch: 'Jx0q', version: 1 },
      participants: [participant],
    },
  },
  left: { summary: 'Your peer left the room.', example: { type: 'left', re: '3', room } },
  updated: { summary: 'Your data was replaced.', example: { type: 'updated', re: '4', room } },
  signal: {
    summary: 'A signal of a peer. The server sets `from`; with `denied` the body is empty.',
    example: { type: 'signal', from: ada, seq: 1, base: 1, kind: 'offer' },
    body: OFFER,
  },
  ack: { summary: 'A peer acknowledged your signals.', example: { type: 'ack', from: bob, upto: 7, missed: [5] } },
  broadcast: {
    summary: 'A broadcast of a peer in the room.',
    example: { type: 'broadcast', room, from: ada, kind: 'reaction' },
    body: '"👏"',
  },
  chat: { summary: 'A chat message as it is stored.', example: { type: 'chat', re: 'm-1', room, ...line } },
  history: {
    summary: 'A page of stored chat messages.',
    example: { type: 'history', re: '5', room, messages: [line], more: false },
  },
  roster: {
    summary: 'Changes of a roster, or the whole roster.',
    example: {
      ...{ type: 'roster', room, epoch: 'Jx0q', version: 2 },
      events: [{ event: 'joined', participant: { ...participant, peer: bob, name: 'Bob', role: 'member', order: 2 } }],
    },
  },
  refreshed: {
    summary: 'The new access token is in effect.',
    example: { type: 'refreshed', re: '6', expiresAt: 1_795_479_300_000 },
  },
  token_expiring: {
    summary: 'The access token expires soon: send `refresh`.',
    example: { type: 'token_expiring', expiresAt: 1_795_479_300_000 },
  },
  warning: {
    summary: 'The socket will be closed if this continues.',
    example: { type: 'warning', code: 'rate_limited', left: 100 },
  },
  ice_servers: {
    summary: 'ICE servers to use from now on.',
    example: { type: 'ice_servers', iceServers },
  },
  drain: {
    summary: 'This node is shutting down: open a new socket and resume.',
    example: { type: 'drain', deadlineMs: 30_000, reconnectAfterMs: 1_200 },
  },
  removed: {
    summary: 'Your peer was removed from the room.',
    example: { type: 'removed', room, peer: 'kD3', reason: 'removed' },
  },
  waiting: { summary: 'You wait in the lobby; the moderators were told.', example: { type: 'waiting', re: '2', room } },
  admitted: { summary: 'You were admitted: join again.', example: { type: 'admitted', room, join: '2' } },
  refused: {
    summary: 'You were not admitted.',
    example: { type: 'refused', room, join: '2', reason: 'denied' },
  },
  knocking: {
    summary: 'All users who wait in the lobby now (to moderators).',
    example: { type: 'knocking', room, knocks: [{ knock: 'n0Ck', user: 'u_3', name: 'Cleo', since: line.at }] },
  },
  done: { summary: 'The moderation request was carried out.', example: { type: 'done', re: '8' } },
  mute_requested: {
    summary: 'A moderator asks you to mute yourself.',
    example: { type: 'mute_requested', room, by: 'u_1' },
  },
  room: {
    summary: 'The current settings of the room.',
    example: {
      ...{ type: 'room', room, name: 'Daily', access: 'open', locked: false, capacity: 12 },
      metadata: { color: 'teal' },
    },
  },
  error: {
    summary: 'A request failed, or a signal was not delivered.',
    example: {
      ...{ type: 'error', to: bob, seq: 2, code: 'peer_away', retryable: true },
      message: 'The peer lost its connection and may come back.',
    },
  },
  ping: { summary: 'A heartbeat: answer with `pong`.', example: { type: 'ping' } },
  pong: { summary: 'The answer to a ping of the client.', example: { type: 'pong', re: '12' } },
};

/** Describes `welcome` for a server with these limits. */
export const welcomeNote = (limits: ServerNote<'welcome'>['example']['limits']): ServerNote<'welcome'> => ({
  summary: 'The socket is authenticated, and the current one of its session.',
  example: {
    ...{
      type: 'welcome',
      re: '1',
      session: 's9Zk2',
      user: { id: 'u_1', name: 'Ada' },
      node: 'a-1f',
      iceServers,
      limits,
    },
    ...{ features: ['heartbeat', 'history', 'broadcast'], expiresAt: 1_795_479_300_000 },
  },
});
