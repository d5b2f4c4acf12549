import type { ErrorMessage, RoomId, ServerMessage } from '@parley/protocol';
import { errorOf, ParleyError } from '../errors.js';
import type { Clock } from '../options.js';
import { Backoff } from './backoff.js';

/** @internal Limits of pending requests. */
export const REQUEST_RULES = { pending: 64, deadlineMs: 45_000 } as const;

/** @internal Codes that the SDK retries. Other retryable ones, such as `room_full`, are left to the application. */
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
  /** The last error reply: a better reason than `timeout`. */
  refusal: ParleyError | undefined;
}

/** @internal Requests that outlive their socket: unanswered ones are sent again under the same id. */
export class Requests {
  readonly #pending = new Map<string, Pending>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Returns false if it could not be sent now; {@link flush} sends it again. */
    private readonly transmit: (request: Request) => boolean,
  ) {}

  /** @throws ParleyError the server's error; `timeout` after the deadline; `rate_limited` if too many are pending. */
  send(request: Request): Promise<ServerMessage> {
    if (this.#pending.size >= REQUEST_RULES.pending)
      return Promise.reject(new ParleyError('rate_limited', 'Too many requests are pending.'));
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

  /** Send the unanswered requests again: those without a room, or those of one room. */
  flush(room?: RoomId): void {
    for (const { request, retryTimer } of this.#pending.values())
      if (request.room === room && retryTimer === undefined) this.transmit(request);
  }

  /** Handle a reply. @returns false if no request has this id */
  settle(re: string, reply: ServerMessage): boolean {
    const pending = this.#take(re);
    pending?.resolve(reply);
    return pending !== undefined;
  }

  /** Handle an error reply. @returns false if no request has this id */
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

  /** Cancel pending `leave` requests of a room that is joined again: a resend would end the new visit. */
  withdrawLeaves(room: RoomId): void {
    for (const { request } of [...this.#pending.values()])
      if (request.header.type === 'leave' && request.header.room === room)
        this.#take(request.header.id)?.reject(new ParleyError('cancelled'));
  }

  /** Reject the pending requests of one room, or all. */
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
