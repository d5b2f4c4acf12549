import type { ClientSocket } from '../websocket/client-socket.js';

/** Memory that the queued frames of one socket may take: more than a socket delivers after it was paused. */
export const MAX_INBOX_BYTES = 1024 * 1024;
/** What a queued frame takes beside its text. */
const FRAME_BYTES = 32;

/** What an inbox needs from its session. */
export interface InboxSession {
  /** Charges a frame by its size. @returns 0, or the milliseconds until its rates allow it: then nothing was charged */
  charge(bytes: number): number;
  /** Handles one frame. A returned promise holds back those behind it, and never rejects. */
  handle(frame: string): void | Promise<void>;
}

/**
 * The frames of one socket, in order and none left out. A protocol without a message for "slow down" has TCP: while
 * frames wait, for a handler or for their rate, the socket is not read, and only what was read already is queued.
 */
export class RateLimitedInbox {
  private readonly frames: string[] = [];
  private bytes = 0;
  private busy = false;
  private timer: NodeJS.Timeout | undefined = undefined;
  private paused = false;

  constructor(
    private readonly socket: Pick<ClientSocket, 'pause' | 'resume'>,
    private readonly session: InboxSession,
    /** Called whenever reading stops. */
    private readonly onPause: () => void,
  ) {}

  /** Whether the socket is not read now. */
  get isPaused(): boolean {
    return this.paused;
  }

  /** Handles a frame, or queues it. @returns false when there is no memory for it: the socket must be closed */
  receive(frame: Buffer): boolean {
    if (!this.busy && this.timer === undefined) {
      const waitMs = this.session.charge(frame.length);
      if (waitMs === 0) {
        this.run(frame.toString());
        return true;
      }
      this.waitFor(waitMs);
    }
    if (this.bytes + frame.length + FRAME_BYTES > MAX_INBOX_BYTES) return false;
    this.frames.push(frame.toString());
    this.bytes += frame.length + FRAME_BYTES;
    this.pause();
    return true;
  }

  /** Stops reading for a while, as for a frame beyond its rate. */
  hold(waitMs: number): void {
    if (this.timer === undefined) this.waitFor(waitMs);
    this.pause();
  }

  /** Forgets what is queued; the socket is left to its owner. */
  close(): void {
    clearTimeout(this.timer);
    this.frames.length = 0;
    this.bytes = 0;
  }

  private run(frame: string): void {
    const pending = this.session.handle(frame);
    if (pending === undefined) return;
    this.busy = true;
    void pending.finally(() => {
      this.busy = false;
      this.drain();
    });
  }

  private drain(): void {
    while (!this.busy && this.timer === undefined) {
      const [next] = this.frames;
      if (next === undefined) return this.resume();
      const bytes = Buffer.byteLength(next);
      const waitMs = this.session.charge(bytes);
      if (waitMs > 0) return this.waitFor(waitMs);
      this.frames.shift();
      this.bytes -= bytes + FRAME_BYTES;
      this.run(next);
    }
  }

  private waitFor(waitMs: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.drain();
    }, waitMs);
  }

  private pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.onPause();
    this.socket.pause();
  }

  private resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.socket.resume();
  }
}
