import { begins, type Dialect } from '../dialect.js';
import { fixedLine } from '../fixed-line.js';
import { RawSocket } from '../raw-socket.js';

const SIGNALS = ['OFFER', 'ANSWER', 'CANDIDATE'].map((type) => Buffer.from(`{"type":"${type}"`));

/** The protocol between PeerJS and its PeerServer, which has no rooms. */
export const peerServer: Dialect = {
  async connect(at, { name }) {
    const socket = await RawSocket.open({ ...at, path: `/peerjs?key=peerjs&id=${name}&token=${name}&version=1.5.5` });
    await socket.expect((text) => (text.startsWith('{"type":"OPEN"') ? true : undefined), 'OPEN');
    return { socket, id: name, room: '' };
  },
  async join(peer, room) {
    return { ...peer, room };
  },
  async leave() {},
  line: ({ socket }, { id: dst }) =>
    fixedLine(
      socket,
      (kind, body) => `{"type":"${kind.toUpperCase()}","payload":${body},"dst":"${dst}"}`,
      (bytes, start, end) => SIGNALS.some((prefix) => begins(bytes, start, end, prefix)),
    ),
};
