import { CLOSE_CODES } from '@parley/protocol';
import type { BridgeSocket } from '../bridge.js';

/**
 * Sockets that will be closed. They are kept for a while, because a client that is closed at once comes back at once. There
 * is a bound. Beyond it the host closes those that were not let in as it closes everybody who is not let in in time, and
 * the others are closed here.
 */
export class IdleClients {
  private readonly timers = new Map<BridgeSocket, NodeJS.Timeout>();

  constructor(private readonly max: number) {}

  get size(): number {
    return this.timers.size;
  }

  /** Keeps a client that is not let in. */
  keep(socket: BridgeSocket, idleMs: number): void {
    if (this.timers.size >= this.max || !socket.admit()) return;
    this.closeLater(socket, idleMs, CLOSE_CODES.tokenInvalid, 'not let in');
  }

  /** Closes a socket after a while, once, with the first reason that was given. */
  closeLater(socket: BridgeSocket, idleMs: number, code: number, reason: string): void {
    if (this.timers.has(socket)) return;
    if (this.timers.size >= this.max) return socket.close(code, reason);
    this.timers.set(socket, setTimeout(() => socket.close(code, reason), idleMs).unref());
  }

  forget(socket: BridgeSocket): void {
    clearTimeout(this.timers.get(socket));
    this.timers.delete(socket);
  }
}
