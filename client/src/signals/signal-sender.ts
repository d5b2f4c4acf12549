import type { ErrorCode, SignalKind } from '@parley/protocol';
import type { Clock } from '../options.js';
import type { SendResult } from './send-result.js';

/** @internal Numbers from the reliability rules; each pair of peers has its own. */
export const SENDER_RULES = {
  /** Unacknowledged numbers on the wire. The receiver holds as many. */
  window: 64,
  /** Signals that wait behind the window. */
  queue: 256,
  resendMs: 2_000,
  resendFactor: 1.5,
  resendCapMs: 8_000,
  deadlineMs: 45_000,
  /** A repeated acknowledgement is a report of a gap, unless the missing number went out just now. */
  gapGuardMs: 250,
} as const;

/** @internal Puts one signal on the wire, or fails to without a word: it will be asked again. */
export type TransmitSignal = (seq: number, base: number, kind: SignalKind, body: string) => void;

interface Pending {
  readonly seq: number;
  readonly kind: SignalKind;
  readonly body: string;
  readonly deadline: number;
  readonly settle: (result: SendResult) => void;
  sentAt: number;
  interval: number;
  /** What the server said when it refused a copy; the receiver alone decides that it was refused. */
  refusal: ErrorCode | undefined;
}

/** @internal The sending half of a pair stream: numbers, keeps, resends, and gives each signal one result. */
export class SignalSender {
  /** In rising order of number. */
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  /** The lowest number that never went out. */
  #unsent = 1;
  #acknowledged = 0;
  #ended: SendResult | undefined;
  #timer: unknown;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly transmit: TransmitSignal,
  ) {}

  /** Lowest number without a result. */
  get base(): number {
    for (const seq of this.#pending.keys()) return seq;
    return this.#next;
  }

  /** Signals without a result. */
  get size(): number {
    return this.#pending.size;
  }

  send(kind: SignalKind, body: string): Promise<SendResult> {
    if (this.#ended) return Promise.resolve(this.#ended);
    if (this.#pending.size >= SENDER_RULES.window + SENDER_RULES.queue)
      return Promise.resolve({ result: 'rejected', code: 'queue_full' });
    return new Promise((settle) => {
      const seq = this.#next++;
      this.#pending.set(seq, {
        seq,
        kind,
        body,
        settle,
        deadline: this.clock.now() + SENDER_RULES.deadlineMs,
        sentAt: Number.NEGATIVE_INFINITY,
        interval: SENDER_RULES.resendMs,
        refusal: undefined,
      });
      this.#fillWindow();
      this.#arm();
    });
  }

  /** The receiver's word: everything up to `upto` was handled, but `missed`. */
  acknowledge(upto: number, missed: readonly number[] = []): void {
    // Nobody can have handled what never went out.
    const last = Math.min(upto, this.#unsent - 1);
    const settled: (() => void)[] = [];
    for (const pending of this.#pending.values()) {
      if (pending.seq > last) break;
      this.#pending.delete(pending.seq);
      const result: SendResult = missed.includes(pending.seq)
        ? { result: 'rejected', code: pending.refusal ?? 'forbidden' }
        : { result: 'delivered' };
      settled.push(() => pending.settle(result));
    }
    if (settled.length === 0) this.#resendGap(last);
    this.#acknowledged = Math.max(this.#acknowledged, last);
    this.#fillWindow();
    this.#arm();
    for (const settle of settled) settle();
  }

  /** The server refused a copy of this number. It stays: only the receiver knows whether another copy arrived. */
  refuse(seq: number, code: ErrorCode): void {
    const pending = this.#pending.get(seq);
    if (pending) pending.refusal = code;
  }

  /** The way may be open again: everything on the wire goes out once more, with a fresh interval. */
  resend(): void {
    for (const pending of this.#pending.values()) {
      if (pending.seq >= this.#unsent) break;
      pending.interval = SENDER_RULES.resendMs;
      this.#put(pending);
    }
    this.#arm();
  }

  /** Give everything that waits, and everything sent from now on, this result. */
  end(result: SendResult): void {
    this.#ended = result;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#unsent = this.#next;
    this.#arm();
    for (const { settle } of pending) settle(result);
  }

  /** The same peer is back after all: its stream goes on where it was. */
  revive(): void {
    this.#ended = undefined;
  }

  #put(pending: Pending): void {
    pending.sentAt = this.clock.now();
    this.transmit(pending.seq, this.base, pending.kind, pending.body);
  }

  #fillWindow(): void {
    const end = Math.min(this.#next, this.base + SENDER_RULES.window);
    while (this.#unsent < end) {
      const pending = this.#pending.get(this.#unsent++);
      if (pending) this.#put(pending);
    }
  }

  /** An acknowledgement that moves nothing while the next number is out: the receiver waits for that one. */
  #resendGap(upto: number): void {
    const lowest = this.#pending.get(upto + 1);
    if (!lowest || lowest.seq >= this.#unsent || lowest.seq !== this.base) return;
    if (this.clock.now() - lowest.sentAt >= SENDER_RULES.gapGuardMs) this.#put(lowest);
  }

  #tick(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    const late: Pending[] = [];
    for (const pending of this.#pending.values()) {
      if (pending.deadline > now) break;
      this.#pending.delete(pending.seq);
      late.push(pending);
    }
    // A number that never went out has its result now: the window must not stop at it.
    this.#unsent = Math.max(this.#unsent, this.base);
    // The receiver may wait for one of these; only `base` of a later signal tells it not to.
    const told = late.length === 0 || this.base <= this.#acknowledged + 1;
    for (const pending of this.#pending.values()) {
      if (pending.seq >= this.#unsent) break;
      const due = pending.sentAt + pending.interval <= now;
      if (due) pending.interval = Math.min(pending.interval * SENDER_RULES.resendFactor, SENDER_RULES.resendCapMs);
      if (due || (!told && pending.seq === this.base)) this.#put(pending);
    }
    this.#fillWindow();
    this.#arm();
    for (const { settle } of late) settle({ result: 'unknown', why: 'timeout' });
  }

  /** One timer for all: it may fire early and find nothing to do, never late. */
  #arm(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const pending of this.#pending.values()) {
      if (at === Number.POSITIVE_INFINITY) at = pending.deadline;
      if (pending.seq >= this.#unsent) break;
      at = Math.min(at, pending.sentAt + pending.interval);
    }
    if (at === this.#timerAt || (at > this.#timerAt && at !== Number.POSITIVE_INFINITY)) return;
    this.clock.clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at !== Number.POSITIVE_INFINITY)
      this.#timer = this.clock.setTimeout(() => this.#tick(), Math.max(0, at - this.clock.now()));
  }
}
