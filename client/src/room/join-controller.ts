import type { Admitted, ErrorMessage, Join, Meta, Refused, RoomId, ServerMessage, Waiting } from '@parley/protocol';
import { Backoff } from '../connection/backoff.js';
import { TRANSIENT_CODES } from '../connection/requests.js';
import { errorOf, ParleyError, type ParleyErrorCode } from '../errors.js';
import type { RoomContext } from './room-context.js';

/** @internal Times of a join, in milliseconds. */
export const JOIN_RULES = {
  /** Until the join is asked again on the same socket. */
  replyMs: 10_000,
  /** Until the first join is given up; a rejoin never is. */
  deadlineMs: 45_000,
} as const;

let joins = 0;

/** @internal How this client comes in. */
export interface JoinTerms {
  readonly meta: () => Meta | undefined;
  readonly invite?: string | undefined;
  /** It was put into the lobby. */
  readonly waiting?: (() => void) | undefined;
}

const CODE_OF_REFUSAL: Readonly<Record<Refused['reason'], ParleyErrorCode>> = {
  denied: 'denied',
  banned: 'banned',
  room_closed: 'room_not_found',
  expired: 'timeout',
};

/**
 * @internal Keeps one room joined: asks on each new socket, again after a passing refusal, again when the roster has a
 * gap, and again when it was let in from the lobby. A join is idempotent, so asking once too often does no harm.
 */
export class JoinController {
  #waitingFor: string | undefined;
  /** Joins sent on this socket whose answer has not come, the oldest first. */
  readonly #asked = new Set<string>();
  #attached = false;
  /** The join by which the server has put this client into the lobby, on this socket. */
  #lobbyJoin: string | undefined;
  #entered = false;
  #first: { readonly resolve: () => void; readonly reject: (error: ParleyError) => void } | undefined;
  #timer: unknown;
  #deadlineTimer: unknown;
  #refusal: ParleyError | undefined;
  #closed = false;
  readonly #backoff: Backoff;

  constructor(
    private readonly context: RoomContext,
    private readonly room: RoomId,
    private readonly terms: JoinTerms,
    /** It is over: refused for good, or, for the first join only, not answered in time. */
    private readonly refused: (error: ParleyError) => void,
  ) {
    this.#backoff = new Backoff(context.options.random);
    this.#startDeadline();
  }

  /** True while the room is joined on the current socket. */
  get attached(): boolean {
    return this.#attached;
  }

  /** True while the server may have this client in the room or its lobby, on the current socket. */
  get mayBeIn(): boolean {
    return this.#attached || this.inLobby || this.#asked.size > 0;
  }

  /** True while the user waits in the lobby, on the current socket. */
  get inLobby(): boolean {
    return this.#lobbyJoin !== undefined;
  }

  /** The first join; asked as soon as there is a socket. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#first = { resolve, reject };
      this.ask();
    });
  }

  /** Nothing comes of the first join. */
  giveUp(error: ParleyError): void {
    this.#first?.reject(error);
  }

  /** Ask now, if there is a socket and nothing was asked on it yet. */
  ask(): void {
    const { clock } = this.context.options;
    if (this.#closed || this.#waitingFor !== undefined || !this.context.connected()) return;
    clock.clearTimeout(this.#timer);
    const id = `join-${++joins}`;
    this.#lobbyJoin = undefined;
    this.context.transmit(this.#join(id));
    this.#waitingFor = id;
    this.#asked.add(id);
    this.#timer = clock.setTimeout(() => this.#retry(), JOIN_RULES.replyMs);
  }

  /** There is no socket, or another one: what was asked is void. */
  detach(): void {
    this.#attached = false;
    this.#lobbyJoin = undefined;
    this.#waitingFor = undefined;
    this.#asked.clear();
    this.context.options.clock.clearTimeout(this.#timer);
  }

  /**
   * `joined` came.
   * @returns false when it answers no join of this object: an earlier one of the same room that was cancelled
   */
  joined(re: string): boolean {
    if (!this.#asked.has(re)) return false;
    // Answers come in the order of the requests: whatever was asked before has none any more.
    for (const id of this.#asked) {
      this.#asked.delete(id);
      if (id === re) break;
    }
    const { clock } = this.context.options;
    clock.clearTimeout(this.#timer);
    clock.clearTimeout(this.#deadlineTimer);
    this.#waitingFor = undefined;
    this.#attached = true;
    this.#entered = true;
    this.#backoff.reset();
    this.#first?.resolve();
    return true;
  }

  /** A frame about the lobby. @returns false for any other one. */
  receive(message: ServerMessage): boolean {
    if (message.type === 'waiting') this.#wait(message);
    else if (message.type === 'admitted') this.#admitted(message);
    else if (message.type === 'refused') this.#denied(message);
    else return false;
    return true;
  }

  #wait(frame: Waiting): void {
    if (frame.re !== this.#waitingFor) return;
    this.#asked.delete(frame.re);
    const { clock } = this.context.options;
    // People take their time: nothing ends this but an answer, the application, or the room's own end.
    clock.clearTimeout(this.#timer);
    clock.clearTimeout(this.#deadlineTimer);
    this.#waitingFor = undefined;
    this.#lobbyJoin = frame.re;
    try {
      this.terms.waiting?.();
    } catch (error) {
      this.context.report(error);
    }
  }

  /** The place is there to be taken. */
  #admitted(frame: Admitted): void {
    if (!this.#isAbout(frame)) return;
    if (!this.#entered) this.#startDeadline();
    this.ask();
  }

  #denied(frame: Refused): void {
    if (!this.#isAbout(frame)) return;
    this.#lobbyJoin = undefined;
    this.refused(new ParleyError(CODE_OF_REFUSAL[frame.reason] ?? 'denied'));
  }

  /** An older server does not name the join. Then it is about the wait, which began after any earlier one ended. */
  #isAbout({ join }: Admitted | Refused): boolean {
    return this.inLobby && (join === undefined || join === this.#lobbyJoin);
  }

  /** An error came. @returns false when it is not the answer to this join. */
  refuse(frame: ErrorMessage): boolean {
    if (frame.re === undefined || frame.re !== this.#waitingFor) return false;
    this.#waitingFor = undefined;
    this.#asked.delete(frame.re);
    if (frame.code === 'session_ended') {
      // No reason to give up: a fresh session is on its way.
      this.context.renew();
      return true;
    }
    this.#refusal = errorOf(frame);
    if (TRANSIENT_CODES.has(frame.code)) {
      this.context.options.clock.clearTimeout(this.#timer);
      this.#timer = this.context.options.clock.setTimeout(() => this.#retry(), this.#backoff.next(frame.retryAfterMs));
    } else this.refused(this.#refusal);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.detach();
    this.context.options.clock.clearTimeout(this.#deadlineTimer);
  }

  #join(id: string): Join {
    const meta = this.terms.meta();
    // An invite has done its work once this client is in.
    const invite = this.#entered ? undefined : this.terms.invite;
    return { type: 'join', id, room: this.room, ...(meta && { meta }), ...(invite !== undefined && { invite }) };
  }

  #startDeadline(): void {
    const { clock } = this.context.options;
    this.#deadlineTimer = clock.setTimeout(
      () => this.refused(this.#refusal ?? new ParleyError('timeout')),
      JOIN_RULES.deadlineMs,
    );
  }

  #retry(): void {
    this.#waitingFor = undefined;
    this.ask();
  }
}
