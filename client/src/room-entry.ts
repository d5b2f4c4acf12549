import type { ErrorMessage, Meta, RoomId } from '@parley/protocol';
import { errorOf, ParleyError } from './errors.js';
import { ReconnectPolicy } from './reconnect-policy.js';
import { PASSING } from './requests.js';
import type { RoomContext } from './room-context.js';

/** @internal Times of a join, in milliseconds. */
export const ENTRY_RULES = {
  /** Until the join is asked again on the same socket. */
  replyMs: 10_000,
  /** Until the first join is given up; a rejoin never is. */
  deadlineMs: 45_000,
} as const;

let joins = 0;

/**
 * @internal Keeps one room joined: asks on each new socket, again after a passing refusal, and again when the roster
 * has a gap. A join is idempotent, so asking once too often does no harm.
 */
export class RoomEntry {
  #waitingFor: string | undefined;
  #attached = false;
  #timer: unknown;
  #deadlineTimer: unknown;
  #refusal: ParleyError | undefined;
  #closed = false;
  readonly #policy: ReconnectPolicy;

  constructor(
    private readonly context: RoomContext,
    private readonly room: RoomId,
    private readonly meta: () => Meta | undefined,
    /** It is over: refused for good, or, for the first join only, not answered in time. */
    private readonly refused: (error: ParleyError) => void,
  ) {
    this.#policy = new ReconnectPolicy(context.options.random);
    this.#deadlineTimer = context.options.clock.setTimeout(
      () => this.refused(this.#refusal ?? new ParleyError('timeout')),
      ENTRY_RULES.deadlineMs,
    );
  }

  /** True while the room is joined on the current socket. */
  get attached(): boolean {
    return this.#attached;
  }

  /** Ask now, if there is a socket and nothing was asked on it yet. */
  ask(): void {
    const { clock } = this.context.options;
    if (this.#closed || this.#waitingFor !== undefined || !this.context.connected()) return;
    clock.clearTimeout(this.#timer);
    const id = `join-${++joins}`;
    const meta = this.meta();
    this.context.transmit({ type: 'join', id, room: this.room, ...(meta ? { meta } : {}) });
    this.#waitingFor = id;
    this.#timer = clock.setTimeout(() => this.#again(), ENTRY_RULES.replyMs);
  }

  /** There is no socket, or another one: what was asked is void. */
  detach(): void {
    this.#attached = false;
    this.#waitingFor = undefined;
    this.context.options.clock.clearTimeout(this.#timer);
  }

  /** `joined` came. */
  joined(): void {
    const { clock } = this.context.options;
    clock.clearTimeout(this.#timer);
    clock.clearTimeout(this.#deadlineTimer);
    this.#waitingFor = undefined;
    this.#attached = true;
    this.#policy.reset();
  }

  /** An error came. @returns false when it is not the answer to this join. */
  refuse(frame: ErrorMessage): boolean {
    if (frame.re === undefined || frame.re !== this.#waitingFor) return false;
    this.#waitingFor = undefined;
    if (frame.code === 'session_ended') {
      // No reason to give up: a fresh session is on its way.
      this.context.renew();
      return true;
    }
    this.#refusal = errorOf(frame);
    if (PASSING.has(frame.code)) {
      this.context.options.clock.clearTimeout(this.#timer);
      this.#timer = this.context.options.clock.setTimeout(() => this.#again(), this.#policy.next(frame.retryAfterMs));
    } else this.refused(this.#refusal);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.detach();
    this.context.options.clock.clearTimeout(this.#deadlineTimer);
  }

  #again(): void {
    this.#waitingFor = undefined;
    this.ask();
  }
}
