import type { SignalKind } from '@parley/protocol';
import type { Report } from '../events.js';
import type { Clock } from '../options.js';

/** @internal Numbers from the reliability rules. */
export const RECEIVER_RULES = {
  /** Numbers held beyond `upto`, and numbers remembered as missed below it. */
  window: 64,
  ackDelayMs: 50,
  ackAfter: 16,
} as const;

/** @internal Puts an acknowledgement on the wire. False: it could not, and is asked again. */
export type TransmitAck = (upto: number, missed: readonly number[]) => boolean;

/** @internal Hands one signal to the application. */
export type Deliver = (kind: SignalKind, body: string) => void;

interface Held {
  readonly kind: SignalKind;
  /** Undefined: the policy emptied this copy. */
  readonly body: string | undefined;
}

/** @internal The receiving half of a pair stream: each number once, in order, and the acknowledgement of it. */
export class SignalReceiver {
  readonly #held = new Map<number, Held>();
  #upto = 0;
  #base = 1;
  /** Rising; none is older than the window below `upto`. */
  #missed: number[] = [];
  #unacknowledged = 0;
  #ackDue = false;
  #timer: unknown;
  #ended = false;

  constructor(
    private readonly clock: Clock,
    private readonly transmitAck: TransmitAck,
    private readonly deliver: Deliver,
    private readonly report: Report,
  ) {}

  /** Everything up to this number was handed over or counted as missed. */
  get upto(): number {
    return this.#upto;
  }

  /** Numbers that wait for an earlier one. */
  get size(): number {
    return this.#held.size;
  }

  /** A copy of a signal arrived. `body` is undefined when the policy emptied it. */
  receive(seq: number, base: number, kind: SignalKind, body: string | undefined): void {
    if (this.#ended || !Number.isSafeInteger(seq) || !Number.isSafeInteger(base) || seq < 1 || base > seq) return;
    this.#base = Math.max(this.#base, base);
    this.#advance();
    if (seq > this.#upto && seq <= this.#upto + RECEIVER_RULES.window && this.#held.get(seq)?.body === undefined)
      this.#held.set(seq, { kind, body });
    this.#advance();
    this.#acknowledgeSoon();
  }

  /** Send the acknowledgement that is due now, for example because a signal goes the same way. */
  flush(): void {
    if (!this.#ackDue || this.#ended) return;
    this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unacknowledged = 0;
    this.#ackDue = !this.transmitAck(this.#upto, this.#missed);
  }

  /** Nothing is handed over any more. Where the stream stood is kept, for {@link revive}. */
  end(): void {
    this.#ended = true;
    this.#ackDue = false;
    this.#held.clear();
    this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  revive(): void {
    this.#ended = false;
  }

  #advance(): void {
    while (!this.#ended) {
      const next = this.#upto + 1;
      const held = this.#held.get(next);
      if (held) {
        this.#held.delete(next);
        this.#upto = next;
        if (held.body === undefined) this.#miss(next, next);
        else this.#hand(held.kind, held.body);
        this.#unacknowledged++;
      } else if (next < this.#base) {
        const last = this.#held.size > 0 ? next : this.#base - 1;
        this.#upto = last;
        this.#miss(next, last);
      } else return;
    }
  }

  #hand(kind: SignalKind, body: string): void {
    try {
      this.deliver(kind, body);
    } catch (error) {
      this.report(error);
    }
  }

  #miss(first: number, last: number): void {
    // Only the window counts: a sender has nothing pending below it, whatever `base` a stranger claims.
    for (let seq = Math.max(first, last - RECEIVER_RULES.window + 1); seq <= last; seq++) this.#missed.push(seq);
    this.#missed = this.#missed.filter((seq) => seq > this.#upto - RECEIVER_RULES.window);
  }

  #acknowledgeSoon(): void {
    if (this.#ended) return;
    this.#ackDue = true;
    if (this.#unacknowledged >= RECEIVER_RULES.ackAfter) this.flush();
    else this.#timer ??= this.clock.setTimeout(() => this.flush(), RECEIVER_RULES.ackDelayMs);
  }
}
