import { begins, type Dialect } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { tokenOf } from '../jwt.js';
import { RawSocket } from '../raw-socket.js';

const SIGNAL = Buffer.from('{"event":"signal"');
const CURSOR = Buffer.from('{"event":"cursor"');

/** The frames of Nest's WsAdapter. */
export const nest: Dialect = {
  async connect(at, { name, secret }) {
    const socket = await RawSocket.open({ ...at, path: `/?token=${tokenOf(name, secret)}` });
    return { socket, id: name, room: '' };
  },
  async join({ socket, id }, room) {
    socket.sendText(JSON.stringify({ event: 'join', data: { room } }));
    await socket.expect((text) => (text.startsWith('{"event":"joined"') ? true : undefined), 'joined');
    return { socket, id, room };
  },
  async leave({ socket }) {
    socket.sendText('{"event":"leave","data":{}}');
    await socket.expect((text) => (text.startsWith('{"event":"left","data":{}') ? true : undefined), 'left');
  },
  line: ({ socket }, { id: to }) =>
    fixedLine(
      socket,
      (kind, body) => `{"event":"signal","data":{"to":"${to}","kind":"${kind}","body":${body}}}`,
      (bytes, start, end) => begins(bytes, start, end, SIGNAL),
    ),
  broadcast: {
    text: (_own, body) => `{"event":"cursor","data":{"body":${body}}}`,
    isOne: (bytes, start, end) => begins(bytes, start, end, CURSOR),
  },
};
