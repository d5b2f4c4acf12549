import type { ErrorMessage, IceServer, ServerMessage } from '@parley/protocol';
import type { Requests } from './connection/requests.js';
import { errorOf, ParleyError } from './errors.js';
import type { Report } from './events.js';
import type { RoomRegistry } from './room/room-registry.js';
import type { EarlySignalBuffer } from './signals/early-signal-buffer.js';

/** @internal Receivers of a client's frames. */
export interface FrameReceivers {
  readonly rooms: RoomRegistry;
  readonly requests: Requests;
  readonly early: EarlySignalBuffer;
  readonly report: Report;
  readonly tokenExpiring: () => void;
  readonly iceServers: (iceServers: readonly IceServer[]) => void;
  readonly drain: (reconnectAfterMs: number) => void;
}

/** @internal Hands each frame of the current socket to its receiver: a reply by its request, any other by its room. */
export class FrameRouter {
  constructor(private readonly to: FrameReceivers) {}

  receive(message: ServerMessage, body: string | undefined): void {
    const { rooms, requests, early, report } = this.to;
    switch (message.type) {
      case 'signal':
      case 'ack': {
        const frame = { message, body };
        if (!rooms.all.some((room) => room.receiveFrom(frame))) early.keep(frame);
        break;
      }
      case 'error':
        this.#refuse(message);
        break;
      case 'token_expiring':
        this.to.tokenExpiring();
        break;
      case 'warning':
        report(new ParleyError(message.code, `After ${message.left} more, the server closes the socket.`));
        break;
      case 'ice_servers':
        this.to.iceServers(message.iceServers);
        break;
      case 'drain':
        this.to.drain(message.reconnectAfterMs);
        break;
      default:
        if ('room' in message) rooms.get(message.room)?.receive(message, body);
        if ('re' in message && message.re !== undefined) requests.settle(message.re, message);
    }
  }

  #refuse(frame: ErrorMessage): void {
    const known =
      (frame.re !== undefined && this.to.requests.refuse(frame.re, frame)) ||
      this.to.rooms.all.some((room) => room.refuse(frame));
    // A signal to a peer that has left already has its result.
    if (!known && frame.to === undefined) this.to.report(errorOf(frame));
  }
}
