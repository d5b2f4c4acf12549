import { begins, type Dialect } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { RawSocket } from '../raw-socket.js';

const SIGNAL = Buffer.from('{"from"');
const BROADCAST = Buffer.from('{"all"');

/** The bare relay of references/ws-relay.ts, with the client's name in the URL. */
export const wsRelay: Dialect = {
  async connect(at, { name }) {
    return { socket: await RawSocket.open({ ...at, path: `/?id=${name}` }), id: name, room: '' };
  },
  async join({ socket, id }, room) {
    socket.sendText(JSON.stringify({ join: room }));
    await socket.expect((text) => (text.startsWith('{"joined"') ? true : undefined), 'joined');
    return { socket, id, room };
  },
  async leave({ socket }) {
    socket.sendText('{"leave":true}');
    await socket.expect((text) => (text === '{"gone":true}' ? true : undefined), 'gone');
  },
  line: ({ socket }, { id: to }) =>
    fixedLine(
      socket,
      (kind, body) => `{"to":"${to}","kind":"${kind}","body":${body}}`,
      (bytes, start, end) => begins(bytes, start, end, SIGNAL),
    ),
  broadcast: {
    text: (_own, body) => `{"all":true,"kind":"cursor","body":${body}}`,
    isOne: (bytes, start, end) => begins(bytes, start, end, BROADCAST),
  },
};
