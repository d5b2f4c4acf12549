import { begins, type Dialect } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { RawSocket } from '../raw-socket.js';

const SIGNAL = Buffer.from('{"from"');
const BROADCAST = Buffer.from('{"all"');

/** The bare relay of references/ws-relay.ts: who one is stands in the URL. */
export const wsRelay: Dialect = {
  async connect(at, { name }) {
    return RawSocket.open({ ...at, path: `/?id=${name}` });
  },
  async join(socket, { name, room }) {
    socket.sendText(JSON.stringify({ join: room }));
    await socket.expect((text) => (text.startsWith('{"joined"') ? true : undefined), 'joined');
    return { socket, id: name, room };
  },
  line: ({ socket }, { id: to }) =>
    fixedLine(
      socket,
      (kind, body) => `{"to":"${to}","kind":"${kind}","body":${body}}`,
      (bytes, start, end) => begins(bytes, start, end, SIGNAL),
    ),
  broadcast: {
    text: () => '{"all":true,"kind":"cursor","body":{"x":0.4711,"y":0.0815,"at":1795478400000,"by":"somebody"}}',
    isOne: (bytes, start, end) => begins(bytes, start, end, BROADCAST),
  },
};
