import type { Dialect } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { RawSocket } from '../raw-socket.js';

/** The receiver's name is within this many bytes. */
const HEAD_BYTES = 120;
const TO_ALL = Buffer.from('"to":"*"');

const names = (bytes: Buffer, start: number, end: number, to: Buffer): boolean =>
  bytes.subarray(start, Math.min(end, start + HEAD_BYTES)).includes(to);

/** y-webrtc's server has only topics: each signal goes to all clients of a room, including the sender. */
export const yWebrtc: Dialect = {
  async connect(at, { name }) {
    return { socket: await RawSocket.open({ ...at, path: '/' }), id: name, room: '' };
  },
  async join({ socket, id }, room) {
    socket.sendText(JSON.stringify({ type: 'subscribe', topics: [room] }));
    socket.sendText('{"type":"ping"}');
    await socket.expect((text) => (text === '{"type":"pong"}' ? true : undefined), 'pong');
    return { socket, id, room };
  },
  async leave({ socket, room }) {
    socket.sendText(JSON.stringify({ type: 'unsubscribe', topics: [room] }));
    socket.sendText('{"type":"ping"}');
    await socket.expect((text) => (text === '{"type":"pong"}' ? true : undefined), 'pong');
  },
  line({ socket, id, room }, { id: to }) {
    const own = Buffer.from(`"to":"${id}"`);
    return fixedLine(
      socket,
      (_kind, body) => `{"type":"publish","topic":"${room}","data":{"to":"${to}","from":"${id}","signal":${body}}}`,
      (bytes, start, end) => names(bytes, start, end, own),
    );
  },
  broadcast: {
    text: ({ id, room }, body) =>
      `{"type":"publish","topic":"${room}","data":{"to":"*","from":"${id}","cursor":${body}}}`,
    isOne: (bytes, start, end) => names(bytes, start, end, TO_ALL),
  },
};
