import { CLOSE_CODES } from '@parley/protocol';
import type { Bus } from '../../bus/bus.js';
import { decodeNodeMessage, encodeNodeMessage, type NodeMessage } from '../codec/node-message.js';
import { readSignalHeader } from '../codec/node-message.schema.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { RosterSync } from '../rooms/roster-sync.js';
import type { SignalingStats } from '../signaling-stats.js';

/** Handles the messages of other nodes: frames for local peers, roster changes, and failed deliveries. */
export class NodeMessageHandler {
  constructor(
    private readonly bus: Bus,
    private readonly rooms: RoomHub,
    private readonly sync: RosterSync,
    private readonly stats: SignalingStats,
  ) {}

  readonly receive = (bytes: Buffer): void => {
    const message = decodeNodeMessage(bytes);
    if (message === undefined) this.stats.invalidNodeMessages += 1;
    else this.handle(message);
  };

  private handle(message: NodeMessage): void {
    switch (message.kind) {
      case 'to_peer':
        return this.deliver(message);
      case 'to_room':
      case 'broadcast':
        return this.rooms.deliverToLocalRoom(message.kind, message.room, message.frame, message.except);
      case 'change':
        return this.sync.apply(message.change);
      case 'replaced': {
        const session = this.rooms.binding(message.peer)?.session;
        if (session?.connection !== message.connection) return;
        return session.close(CLOSE_CODES.superseded, 'a newer socket of this session took over');
      }
      case 'undeliverable':
        this.rooms.binding(message.sender)?.session.sendError(message.code, { to: message.to, seq: message.seq });
        return;
    }
  }

  /** Delivers a frame, or reports to the sender's node that its roster is outdated or the peer is busy. */
  private deliver(message: Extract<NodeMessage, { kind: 'to_peer' }>): void {
    const code = this.rooms.deliverLocal(message.peer, message.frame);
    if (code === undefined) return;
    this.stats.undeliverable += 1;
    const header = headerOf(message.frame);
    if (header === undefined) return;
    const { from: sender, seq } = header;
    this.bus.send(message.origin, encodeNodeMessage({ kind: 'undeliverable', sender, to: message.peer, code, seq }));
  }
}

const headerOf = (frame: Buffer): ReturnType<typeof readSignalHeader> => {
  const end = frame.indexOf(0x0a);
  return readSignalHeader(frame.toString('utf8', 0, end < 0 ? frame.length : end));
};
