import { begins, type Dialect } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { RawSocket } from '../raw-socket.js';

const SIGNAL = Buffer.from('42["signal"');
const CURSOR = Buffer.from('42["cursor"');

/** Socket.IO 5 in Engine.IO 4, over a WebSocket from the start. */
export const socketIo: Dialect = {
  async connect(at) {
    const socket = await RawSocket.open({ ...at, path: '/socket.io/?EIO=4&transport=websocket' });
    socket.onPingText('2', '3');
    await socket.expect((text) => (text.startsWith('0{') ? true : undefined), 'open');
    socket.sendText('40');
    const id = await socket.expect((text) => /^40\{"sid":"([^"]+)"/.exec(text)?.[1], 'connected');
    return { socket, id, room: '' };
  },
  async join({ socket, id }, room) {
    socket.sendText(`420["join","${room}"]`);
    await socket.expect((text) => (text.startsWith('430') ? true : undefined), 'joined');
    return { socket, id, room };
  },
  async leave({ socket }) {
    socket.sendText('421["leave"]');
    await socket.expect((text) => (text.startsWith('431') ? true : undefined), 'left');
  },
  line: ({ socket }, { id: to }) =>
    fixedLine(
      socket,
      (kind, body) => `42["signal",{"to":"${to}","kind":"${kind}","body":${body}}]`,
      (bytes, start, end) => begins(bytes, start, end, SIGNAL),
    ),
  broadcast: {
    text: (_own, body) => `42["cursor",${body}]`,
    isOne: (bytes, start, end) => begins(bytes, start, end, CURSOR),
  },
};
