import type { ClientSocket } from './client-socket.js';

/** Unsent bytes beyond which frames of other clients are refused, and their senders told. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Unsent bytes, the server's own frames included, beyond which a reader is disconnected at once. */
export const MAX_UNSENT_BYTES = 8 * MAX_BUFFERED_BYTES;
/** How long a reader may stay above {@link MAX_BUFFERED_BYTES}. */
const SLOW_MS = 4_000;

/** Tracks the unsent bytes of one reader, and since when they are too many. */
export class SendBacklog {
  private since: number | undefined = undefined;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly socket: Pick<ClientSocket, 'bufferedBytes'>,
    private readonly now: () => number,
  ) {}

  /** Whether the reader is slow: frames of other clients must be refused. */
  isLong(): boolean {
    if (this.socket.bufferedBytes <= MAX_BUFFERED_BYTES) {
      this.since = undefined;
      return false;
    }
    this.since ??= this.now();
    return true;
  }

  /** Whether the reader must be disconnected, so that it does not hold memory. */
  isTooLong(): boolean {
    if (!this.isLong()) return false;
    // Frames of one iteration of the event loop are sent together, so unsent bytes within it do not show a slow reader.
    return this.socket.bufferedBytes > MAX_UNSENT_BYTES || this.now() - (this.since as number) >= SLOW_MS;
  }
}
