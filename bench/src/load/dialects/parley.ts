import { randomBytes } from 'node:crypto';
import { AckedLine } from '../acked-line.js';
import { begins, type Dialect, type Peer } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { tokenOf } from '../jwt.js';
import { RawSocket } from '../raw-socket.js';

const SIGNAL = Buffer.from('{"type":"signal"');
const BROADCAST = Buffer.from('{"type":"broadcast"');
/** A frame of sixty bytes: a cursor that moved. */
const CURSOR = '{"x":0.4711,"y":0.0815,"at":1795478400000,"by":"somebody"}';

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

const connect: Dialect['connect'] = async (at, { name, secret }) => {
  const socket = await RawSocket.open({ ...at, path: '/v1/signaling', protocol: 'parley.v1' });
  const key = randomBytes(32).toString('base64url');
  await reply(socket, { type: 'hello', token: tokenOf(name, secret), key, attempt: 1 }, 'welcome');
  return socket;
};

const join: Dialect['join'] = async (socket, { room }) => {
  const { peer } = await reply(socket, { type: 'join', room }, 'joined');
  return { socket, id: peer as string, room };
};

/** PROTOCOL.md, without numbers: each signal at most once, as the references send theirs. */
export const parley: Dialect = {
  connect,
  join,
  line: ({ socket }, { id: to }) =>
    fixedLine(
      socket,
      (kind, body) => `${JSON.stringify({ type: 'signal', to, kind })}\n${body}`,
      (bytes, start, end) => begins(bytes, start, end, SIGNAL),
    ),
  broadcast: {
    text: ({ room }) => `${JSON.stringify({ type: 'broadcast', room, kind: 'cursor' })}\n${CURSOR}`,
    isOne: (bytes, start, end) => begins(bytes, start, end, BROADCAST),
  },
};

/** PROTOCOL.md with all that the SDK does: numbers, and acknowledgements of the receiver. */
export const parleyAcked: Dialect = {
  ...parley,
  line: (own: Peer, other: Peer) => new AckedLine(own.socket, other.id),
};
