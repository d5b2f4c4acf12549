import { CLOSE_CODES } from '@parley/protocol';
import type { DoorSocket } from '../bridge.js';

/**
 * Sockets of clients that were not let in. They are kept for a while, because whoever is closed at once comes back at
 * once. There is a bound; beyond it the frame closes them as it closes everybody who is not let in in time.
 */
export class Idlers {
  private readonly timers = new Map<DoorSocket, NodeJS.Timeout>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.timers.size;
  }

  keep(socket: DoorSocket, idleMs: number): void {
    if (this.timers.size >= this.most || !socket.admit()) return;
    const close = () => socket.close(CLOSE_CODES.tokenInvalid, 'not let in');
    this.timers.set(socket, setTimeout(close, idleMs).unref());
  }

  forget(socket: DoorSocket): void {
    clearTimeout(this.timers.get(socket));
    this.timers.delete(socket);
  }
}
