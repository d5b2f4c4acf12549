import { createHash } from 'node:crypto';
import { AckedLine } from '../acked-line.js';
import { begins, type Dialect, type Peer, type Who } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { tokenOf } from '../jwt.js';
import { RawSocket } from '../raw-socket.js';

const SIGNAL = Buffer.from('{"type":"signal"');
const BROADCAST = Buffer.from('{"type":"broadcast"');
const REFUSAL = Buffer.from('{"type":"error"');

/** The reply to a request; an error of the server ends the run. */
const reply = async (socket: RawSocket, request: object, type: string): Promise<Record<string, unknown>> => {
  socket.sendText(JSON.stringify({ id: '1', ...request }));
  return socket.expect((text) => {
    const end = text.indexOf('\n');
    const frame = JSON.parse(end < 0 ? text : text.slice(0, end));
    if (frame.type === 'error') throw new Error(text);
    return frame.type === type ? frame : undefined;
  }, type);
};

/** Derives the 32-byte session key from the client, so that it can resume its session. */
const keyOf = ({ name }: Who): string => createHash('sha256').update(name).digest('base64url');

const connect: Dialect['connect'] = async (at, who) => {
  const socket = await RawSocket.open({ ...at, path: '/v1/signaling', protocol: 'parley.v1' });
  const token = tokenOf(who.user ?? who.name, who.secret);
  await reply(socket, { type: 'hello', token, key: keyOf(who), attempt: (who.returns ?? 0) + 1 }, 'welcome');
  return { socket, id: '', room: '' };
};

const join: Dialect['join'] = async ({ socket }, room) => {
  const { peer } = await reply(socket, { type: 'join', room }, 'joined');
  return { socket, id: peer as string, room };
};

/** PROTOCOL.md without sequence numbers: signals are delivered at most once, like those of the references. */
export const parley: Dialect = {
  connect,
  join,
  async leave({ socket, room }) {
    await reply(socket, { type: 'leave', room }, 'left');
  },
  isRefusal: (bytes, start, end) => begins(bytes, start, end, REFUSAL),
  line: ({ socket }, { id: to }) =>
    fixedLine(
      socket,
      (kind, body) => `${JSON.stringify({ type: 'signal', to, kind })}\n${body}`,
      (bytes, start, end) => begins(bytes, start, end, SIGNAL),
    ),
  broadcast: {
    text: ({ room }, body) => `${JSON.stringify({ type: 'broadcast', room, kind: 'cursor' })}\n${body}`,
    isOne: (bytes, start, end) => begins(bytes, start, end, BROADCAST),
  },
};

/** PROTOCOL.md as the SDK uses it: with sequence numbers and acknowledgements. */
export const parleyAcked: Dialect = {
  ...parley,
  line: (own: Peer, other: Peer) => new AckedLine(own.socket, other.id),
};
