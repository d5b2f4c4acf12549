import { CLOSE_CODES } from '@parley/protocol';
import type { BridgeSocket } from '../bridge.js';

/**
 * Sockets of clients that were not let in. They are kept for a while, because a client that is closed at once comes back at
 * once. There is a bound; beyond it the frame closes them as it closes everybody who is not let in in time.
 */
export class IdleClients {
  private readonly timers = new Map<BridgeSocket, NodeJS.Timeout>();

  constructor(private readonly max: number) {}

  get size(): number {
    return this.timers.size;
  }

  keep(socket: BridgeSocket, idleMs: number): void {
    if (this.timers.size >= this.max || !socket.admit()) return;
    const close = () => socket.close(CLOSE_CODES.tokenInvalid, 'not let in');
    this.timers.set(socket, setTimeout(close, idleMs).unref());
  }

  forget(socket: BridgeSocket): void {
    clearTimeout(this.timers.get(socket));
    this.timers.delete(socket);
  }
}
