import type { ErrorMessage, RoomId, ServerMessage } from '@parley/protocol';
import { errorOf, ParleyError } from '../errors.js';
import type { Clock } from '../options.js';
import { Backoff } from './backoff.js';

/** @internal Bounds of what waits for an answer. */
export const REQUEST_RULES = { pending: 64, deadlineMs: 45_000 } as const;

/** @internal Codes that pass by themselves; what else is retryable is for the application to decide, like `room_full`. */
export const TRANSIENT_CODES: ReadonlySet<string> = new Set(['unavailable', 'rate_limited', 'draining']);

/** @internal One request: a header with an id of its own, and the room it needs to be in. */
export interface Request {
  readonly header: { readonly type: string; readonly id: string; readonly room?: RoomId };
  /** The request waits until this room is joined on the current socket. */
  readonly room?: RoomId;
  /** Default 45 s. */
  readonly deadlineMs?: number;
}

interface Pending {
  readonly request: Request;
  readonly backoff: Backoff;
  readonly resolve: (reply: ServerMessage) => void;
  readonly reject: (error: ParleyError) => void;
  readonly deadlineTimer: unknown;
  retryTimer: unknown;
  /** The last refusal: a better reason than a mere timeout. */
  refusal: ParleyError | undefined;
}

/** @internal Requests that outlive their socket: what has no answer is asked again, under the same id. */
export class Requests {
  readonly #pending = new Map<string, Pending>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    /** False: it could not go out now, and will be asked again by {@link flush}. */
    private readonly transmit: (request: Request) => boolean,
  ) {}

  /** @throws ParleyError what the server said, `timeout` after the deadline, `rate_limited` when too many wait. */
  send(request: Request): Promise<ServerMessage> {
    if (this.#pending.size >= REQUEST_RULES.pending)
      return Promise.reject(new ParleyError('rate_limited', 'Too many requests wait for an answer.'));
    return new Promise((resolve, reject) => {
      const { id } = request.header;
      this.#pending.set(id, {
        request,
        backoff: new Backoff(this.random),
        resolve,
        reject,
        retryTimer: undefined,
        refusal: undefined,
        deadlineTimer: this.clock.setTimeout(() => {
          const pending = this.#take(id);
          pending?.reject(pending.refusal ?? new ParleyError('timeout'));
        }, request.deadlineMs ?? REQUEST_RULES.deadlineMs),
      });
      this.transmit(request);
    });
  }

  /** Ask again what has no answer: everything without a room, or everything of one room. */
  flush(room?: RoomId): void {
    for (const { request, retryTimer } of this.#pending.values())
      if (request.room === room && retryTimer === undefined) this.transmit(request);
  }

  /** A reply came. @returns false when nothing waits for it. */
  settle(re: string, reply: ServerMessage): boolean {
    const pending = this.#take(re);
    pending?.resolve(reply);
    return pending !== undefined;
  }

  /** An error with an id came. @returns false when nothing waits for it. */
  refuse(re: string, frame: ErrorMessage): boolean {
    const pending = this.#pending.get(re);
    if (!pending) return false;
    pending.refusal = errorOf(frame);
    if (TRANSIENT_CODES.has(frame.code)) {
      pending.retryTimer ??= this.clock.setTimeout(() => {
        pending.retryTimer = undefined;
        this.transmit(pending.request);
      }, pending.backoff.next(frame.retryAfterMs));
    } else this.#take(re)?.reject(pending.refusal);
    return true;
  }

  /** Give up the leaves of a room that is entered again: asked once more, one would end the new stay. */
  withdrawLeaves(room: RoomId): void {
    for (const { request } of [...this.#pending.values()])
      if (request.header.type === 'leave' && request.header.room === room)
        this.#take(request.header.id)?.reject(new ParleyError('cancelled'));
  }

  /** Give up what waits, of one room or all. */
  close(error: ParleyError, room?: RoomId): void {
    for (const { request } of [...this.#pending.values()])
      if (room === undefined || request.room === room) this.#take(request.header.id)?.reject(error);
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    this.#pending.delete(id);
    this.clock.clearTimeout(pending.deadlineTimer);
    this.clock.clearTimeout(pending.retryTimer);
    return pending;
  }
}
