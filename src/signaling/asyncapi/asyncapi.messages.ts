import type { ClientMessage, ClientMessageType, ServerMessage } from '@parley/protocol';
import type { Unbranded } from '../../schema/static-type.js';
import type { ServerMessageType } from '../codec/server-message.schema.js';

/** What the API document says of one kind of frame beside its schema. */
export interface MessageNote<Header> {
  readonly summary: string;
  readonly example: Header;
  /** An example of the text behind the header line. Absent: this frame has none. */
  readonly body?: string;
}

type ClientNote<T extends ClientMessageType> = MessageNote<Unbranded<Extract<ClientMessage, { type: T }>>> & {
  /** What may answer it, beside `error`. Empty: nothing does when all is well. */
  readonly replies: readonly ServerMessageType[];
};
type ServerNote<T extends ServerMessageType> = MessageNote<Unbranded<Extract<ServerMessage, { type: T }>>>;

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1XzEifQ.c2lnbmF0dXJl';
const KEY = 'bGV0IG1lIGluLCB0aGlzIGlzIDMyIGJ5dGVzIGxvbmc';
const OFFER = '{"type":"offer","sdp":"v=0\\r\\n…"}';
const room = 'k3J9xQ2bLw7Z';
const [ada, bob] = ['pA7yQ1', 'pB4mT8'];

/** Frames of a client. */
export const CLIENT_NOTES: { readonly [T in ClientMessageType]: ClientNote<T> } = {
  hello: {
    summary: 'First frame of a socket. A resume is the same frame with the next attempt.',
    example: { type: 'hello', id: '1', token: TOKEN, key: KEY, attempt: 1, features: ['heartbeat'] },
    replies: ['welcome'],
  },
  join: {
    summary: 'Enter a room, or come back to it under the same peer id.',
    example: { type: 'join', id: '2', room, meta: { muted: false } },
    replies: ['joined', 'waiting'],
  },
  leave: {
    summary: 'Leave a room for good, or stop waiting for it.',
    example: { type: 'leave', id: '3', room },
    replies: ['left'],
  },
  update: {
    summary: 'Replace the own data in a room.',
    example: { type: 'update', id: '4', room, meta: { muted: true } },
    replies: ['updated'],
  },
  signal: {
    summary: 'One signal to one peer. The other client acknowledges it, not the server.',
    example: { type: 'signal', to: bob, seq: 1, base: 1, kind: 'offer' },
    body: OFFER,
    replies: [],
  },
  ack: {
    summary: 'Every signal of a peer up to a number was handled, but those named.',
    example: { type: 'ack', to: bob, upto: 7, missed: [5] },
    replies: [],
  },
  broadcast: {
    summary: 'To everyone else in a room, at most once.',
    example: { type: 'broadcast', room, kind: 'reaction' },
    body: '"👏"',
    replies: [],
  },
  chat: {
    summary: 'A line of text to a room, kept. The id makes a resend the same message.',
    example: { type: 'chat', id: 'm-1', room, text: 'Good morning' },
    replies: ['chat'],
  },
  history: {
    summary: 'Kept lines after a cursor, oldest first.',
    example: { type: 'history', id: '5', room, after: 0, limit: 50 },
    replies: ['history'],
  },
  refresh: {
    summary: 'A fresh token of the same user, before the old one ends.',
    example: { type: 'refresh', id: '6', token: TOKEN },
    replies: ['refreshed'],
  },
  answer_knock: {
    summary: 'A moderator lets somebody in who waits, or sends them away.',
    example: { type: 'answer_knock', id: '7', room, knock: 'n0Ck', admit: true },
    replies: ['done'],
  },
  kick: {
    summary: 'A moderator ends every peer of a user in a room.',
    example: { type: 'kick', id: '8', room, peer: bob, ban: false, reason: 'advertising' },
    replies: ['done'],
  },
  mute: {
    summary: 'A moderator asks a peer to be quiet.',
    example: { type: 'mute', id: '9', room, peer: bob },
    replies: ['done'],
  },
  permit: {
    summary: 'A moderator takes the permission to publish or to chat, or gives it back.',
    example: { type: 'permit', id: '10', room, peer: bob, publish: false },
    replies: ['done'],
  },
  lock: {
    summary: 'A moderator lets nobody new in, or people in again.',
    example: { type: 'lock', id: '11', room, locked: true },
    replies: ['done'],
  },
  ping: { summary: 'Asks for a sign of life.', example: { type: 'ping', id: '12' }, replies: ['pong'] },
  pong: { summary: 'Answers the ping of the server.', example: { type: 'pong' }, replies: [] },
};

const participant: ServerNote<'joined'>['example']['participants'][number] = {
  ...{ peer: ada, user: 'u_1', name: 'Ada', meta: { muted: false }, order: 1 },
  role: 'owner',
  state: 'on',
};
const line = { id: 'm-1', seq: 1, user: 'u_1', name: 'Ada', from: ada, at: 1_795_478_400_000, text: 'Good morning' };
const iceServers = [{ urls: ['turn:turn.example.org:3478'], username: '1795482000:u_1', credential: 'c2VjcmV0' }];

/** Frames of a server, but `welcome`, whose example shows the limits of the server that is asked. */
export const SERVER_NOTES: { readonly [T in Exclude<ServerMessageType, 'welcome'>]: ServerNote<T> } = {
  joined: {
    summary: 'Who is in the room, oneself included.',
    example: {
      ...{ type: 'joined', re: '2', room, peer: ada, resumed: false, epoch: 'Jx0q', version: 1 },
      participants: [participant],
    },
  },
  left: { summary: 'The own peer is over.', example: { type: 'left', re: '3', room } },
  updated: { summary: 'The own data was replaced.', example: { type: 'updated', re: '4', room } },
  signal: {
    summary: 'A signal of a peer. The sender is named by the server; with `denied` the body is empty.',
    example: { type: 'signal', from: ada, seq: 1, base: 1, kind: 'offer' },
    body: OFFER,
  },
  ack: { summary: 'A peer handled signals.', example: { type: 'ack', from: bob, upto: 7, missed: [5] } },
  broadcast: {
    summary: 'A broadcast of a peer in the room.',
    example: { type: 'broadcast', room, from: ada, kind: 'reaction' },
    body: '"👏"',
  },
  chat: { summary: 'A line of chat as it is kept.', example: { type: 'chat', re: 'm-1', room, ...line } },
  history: {
    summary: 'A page of kept lines.',
    example: { type: 'history', re: '5', room, messages: [line], more: false },
  },
  roster: {
    summary: 'Changes of a room, or the whole of it.',
    example: {
      ...{ type: 'roster', room, epoch: 'Jx0q', version: 2 },
      events: [{ event: 'joined', participant: { ...participant, peer: bob, name: 'Bob', role: 'member', order: 2 } }],
    },
  },
  refreshed: {
    summary: 'The new token counts.',
    example: { type: 'refreshed', re: '6', expiresAt: 1_795_479_300_000 },
  },
  token_expiring: {
    summary: 'The token ends soon: send `refresh`.',
    example: { type: 'token_expiring', expiresAt: 1_795_479_300_000 },
  },
  warning: {
    summary: 'The socket is closed when this goes on.',
    example: { type: 'warning', code: 'rate_limited', left: 100 },
  },
  ice_servers: {
    summary: 'ICE servers to use from now on.',
    example: { type: 'ice_servers', iceServers },
  },
  drain: {
    summary: 'This node is going: open a new socket and come back.',
    example: { type: 'drain', deadlineMs: 30_000, reconnectAfterMs: 1_200 },
  },
  removed: {
    summary: 'The own peer was ended by somebody else.',
    example: { type: 'removed', room, reason: 'removed' },
  },
  waiting: { summary: 'The moderators were told of the one who waits.', example: { type: 'waiting', re: '2', room } },
  admitted: { summary: 'A moderator lets the one who waits in: join again.', example: { type: 'admitted', room } },
  refused: {
    summary: 'The one who waits is not let in.',
    example: { type: 'refused', room, reason: 'denied' },
  },
  knocking: {
    summary: 'To moderators: everybody who waits now.',
    example: { type: 'knocking', room, knocks: [{ knock: 'n0Ck', user: 'u_3', name: 'Cleo', since: line.at }] },
  },
  done: { summary: 'A moderator’s request was carried out.', example: { type: 'done', re: '8' } },
  mute_requested: {
    summary: 'A moderator asks the own peer to be quiet.',
    example: { type: 'mute_requested', room, by: 'u_1' },
  },
  room: {
    summary: 'What the room is now.',
    example: {
      ...{ type: 'room', room, name: 'Daily', access: 'open', locked: false, capacity: 12 },
      metadata: { color: 'teal' },
    },
  },
  error: {
    summary: 'A request or a signal was not done.',
    example: {
      ...{ type: 'error', to: bob, seq: 2, code: 'peer_away', retryable: true },
      message: 'The peer lost its connection and may come back.',
    },
  },
  ping: { summary: 'Answer with pong.', example: { type: 'ping' } },
  pong: { summary: 'Answers the ping of a client.', example: { type: 'pong', re: '12' } },
};

/** What `welcome` shows, for a server with these limits. */
export const welcomeNote = (limits: ServerNote<'welcome'>['example']['limits']): ServerNote<'welcome'> => ({
  summary: 'The socket is authenticated and current.',
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
