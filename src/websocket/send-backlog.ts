import type { ClientSocket } from './client-socket.js';

/** Unsent bytes beyond which nothing of other clients is taken for a reader: their senders are told. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Unsent bytes, the server's own words included, that no reader that lives comes to. */
export const MAX_UNSENT_BYTES = 8 * MAX_BUFFERED_BYTES;
/** How long a reader may stay above the first of them. */
const SLOW_MS = 4_000;

/** What is unsent to one reader, and since when it is too much. */
export class SendBacklog {
  private since: number | undefined = undefined;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly socket: Pick<ClientSocket, 'bufferedBytes'>,
    private readonly now: () => number,
  ) {}

  /** Whether the reader is behind: nothing more of others is for it now. */
  isLong(): boolean {
    if (this.socket.bufferedBytes <= MAX_BUFFERED_BYTES) {
      this.since = undefined;
      return false;
    }
    this.since ??= this.now();
    return true;
  }

  /** Whether the reader must come back, and not hold memory. */
  isTooLong(): boolean {
    if (!this.isLong()) return false;
    // Frames of one turn leave together: what is unsent within it says nothing of the reader.
    return this.socket.bufferedBytes > MAX_UNSENT_BYTES || this.now() - (this.since as number) >= SLOW_MS;
  }
}
