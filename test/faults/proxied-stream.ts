import type { Socket } from 'node:net';

/** The current faults of a path; none if all fields are absent. */
export interface Faults {
  readonly latencyMs?: number;
  /** Maximum random addition to the delay; the order is kept. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Bytes are dropped and the sockets stay open. `up` is from the client to the server. */
  readonly blackhole?: Direction | 'both';
  /** Requests pass and answers are dropped: executed, with an unknown outcome. */
  readonly swallowReplies?: boolean;
  /** Bytes wait until this ends: late but complete. */
  readonly hold?: Direction | 'both';
  /** Bytes are sent in chunks of this size, a millisecond apart. */
  readonly sliceBytes?: number;
  /** A connection is reset after this many bytes in both directions. */
  readonly limitBytes?: number;
}

export type Direction = 'up' | 'down';

/** Maximum bytes that wait in one direction; beyond it, the source is not read. */
const MAX_QUEUED_BYTES = 256 * 1024;

/** One direction of one connection. */
export class ProxiedStream {
  /** Bytes were dropped, so the stream is incomplete and must not continue. */
  torn = false;
  private readonly queue: { readonly bytes: Buffer; readonly at: number }[] = [];
  private queued = 0;
  private last = 0;
  private timer: NodeJS.Timeout | undefined;
  private ending = false;

  constructor(
    private readonly direction: Direction,
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly faults: () => Faults,
    private readonly passed: (bytes: number) => void,
  ) {
    from.on('data', (bytes: Buffer) => this.take(bytes));
    from.on('end', () => {
      this.ending = true;
      this.pump();
    });
    to.on('drain', () => this.pump());
  }

  /** Called when the faults have changed: waiting bytes may be sent now. */
  pump(): void {
    clearTimeout(this.timer);
    if (this.holds) return;
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      const wait = next.at - performance.now();
      if (wait > 0) {
        this.timer = setTimeout(() => this.pump(), wait);
        return;
      }
      if (this.to.writableNeedDrain) return;
      this.queue.shift();
      this.queued -= next.bytes.length;
      this.to.write(next.bytes);
      this.passed(next.bytes.length);
    }
    if (this.from.isPaused() && !this.from.destroyed) this.from.resume();
    if (this.ending && !this.torn && !this.drops) this.to.end();
  }

  /** @param flush true: sends what waits, because its sender closed in order */
  close(flush: boolean): void {
    clearTimeout(this.timer);
    if (flush && !this.torn && !this.holds && !this.to.destroyed)
      for (const { bytes } of this.queue) this.to.write(bytes);
    this.queue.length = 0;
  }

  /** Whether bytes of this direction are dropped now. */
  get drops(): boolean {
    const { blackhole, swallowReplies } = this.faults();
    return (
      blackhole === 'both' || blackhole === this.direction || (swallowReplies === true && this.direction === 'down')
    );
  }

  private get holds(): boolean {
    const { hold } = this.faults();
    return hold === 'both' || hold === this.direction;
  }

  private take(bytes: Buffer): void {
    if (this.drops) {
      this.torn = true;
      return;
    }
    if (this.torn) return;
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond, sliceBytes = bytes.length } = this.faults();
    const join = performance.now() + latencyMs + Math.random() * jitterMs;
    for (let start = 0; start < bytes.length; start += sliceBytes) {
      const piece = bytes.subarray(start, start + sliceBytes);
      const gap = (start > 0 ? 1 : 0) + (bytesPerSecond === undefined ? 0 : (piece.length / bytesPerSecond) * 1000);
      this.last = Math.max(this.last, join) + gap;
      this.queue.push({ bytes: piece, at: this.last });
    }
    this.queued += bytes.length;
    if (this.queued > MAX_QUEUED_BYTES) this.from.pause();
    this.pump();
  }
}
