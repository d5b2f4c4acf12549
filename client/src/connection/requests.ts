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

/** One call of {@link Requests.send}. */
interface Waiter {
  readonly resolve: (reply: ServerMessage) => void;
  readonly reject: (error: ParleyError) => void;
  deadlineTimer: unknown;
  pending: Pending;
}

interface Pending {
  request: Request;
  /** More than one if newer updates replaced a waiting one. */
  readonly waiters: Set<Waiter>;
  readonly backoff: Backoff;
  /** Requests that keep their order, this one among them: only the first is sent. */
  readonly queue: Pending[];
  retryTimer: unknown;
  /** It was sent and has no reply yet. */
  inFlight: boolean;
  /** The last error reply: a better reason than `timeout`. */
  refusal: ParleyError | undefined;
}

const MODERATION: ReadonlySet<string> = new Set(['answer_knock', 'kick', 'mute', 'permit', 'lock']);

/** Requests of one queue keep their order. Undefined: the order does not matter. */
const queueOf = ({ header: { type }, room }: Request): string | undefined => {
  if (type === 'chat' || type === 'update' || type === 'refresh') return `${type} ${room ?? ''}`;
  return MODERATION.has(type) ? `moderation ${room ?? ''}` : undefined;
};

/**
 * @internal Requests that outlive their socket: unanswered ones are sent again under the same id. A room's chat
 * messages, updates and moderation requests keep their order, one after the reply to the one before: a server refuses
 * some of a burst, and a refused one that is sent again would arrive after its successors. A newer `update` replaces a
 * waiting one, and both get its result.
 */
export class Requests {
  readonly #pending = new Map<string, Pending>();
  readonly #queues = new Map<string, Pending[]>();
  #size = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Returns false if it could not be sent now; {@link flush} sends it again. */
    private readonly transmit: (request: Request) => boolean,
  ) {}

  /** @throws ParleyError the server's error; `timeout` after the deadline; `rate_limited` if too many are pending. */
  send(request: Request): Promise<ServerMessage> {
    if (this.#size >= REQUEST_RULES.pending)
      return Promise.reject(new ParleyError('rate_limited', 'Too many requests are pending.'));
    this.#size += 1;
    return new Promise((resolve, reject) => {
      const pending = this.#replace(request) ?? this.#add(request);
      const waiter: Waiter = { resolve, reject, pending, deadlineTimer: undefined };
      pending.waiters.add(waiter);
      waiter.deadlineTimer = this.clock.setTimeout(
        () => this.#expire(waiter),
        request.deadlineMs ?? REQUEST_RULES.deadlineMs,
      );
      this.#transmit(pending);
    });
  }

  /** There is a new socket: send the unanswered requests again, those without a room or those of one room. */
  flush(room?: RoomId): void {
    const all = [...this.#pending.values()].filter(({ request }) => request.room === room);
    for (const pending of all) pending.inFlight = false;
    for (const pending of all) {
      this.#merge(pending);
      this.#transmit(pending);
    }
  }

  /** Handle a reply. @returns false if no request has this id */
  settle(re: string, reply: ServerMessage): boolean {
    return this.#finish(this.#pending.get(re), (waiter) => waiter.resolve(reply));
  }

  /** Handle an error reply. @returns false if no request has this id */
  refuse(re: string, frame: ErrorMessage): boolean {
    const pending = this.#pending.get(re);
    if (!pending) return false;
    const error = errorOf(frame);
    if (!TRANSIENT_CODES.has(frame.code)) return this.#finish(pending, (waiter) => waiter.reject(error));
    pending.refusal = error;
    pending.inFlight = false;
    this.#merge(pending);
    pending.retryTimer ??= this.clock.setTimeout(() => {
      pending.retryTimer = undefined;
      this.#transmit(pending);
    }, pending.backoff.next(frame.retryAfterMs));
    return true;
  }

  /** Cancel pending `leave` requests of a room that is joined again: a resend would end the new visit. */
  withdrawLeaves(room: RoomId): void {
    for (const pending of [...this.#pending.values()])
      if (pending.request.header.type === 'leave' && pending.request.header.room === room)
        this.#finish(pending, (waiter) => waiter.reject(new ParleyError('cancelled')));
  }

  /** Reject the pending requests of one room, or all. */
  close(error: ParleyError, room?: RoomId): void {
    const all = [...this.#pending.values()].filter(({ request }) => room === undefined || request.room === room);
    // All at once: the end of one must not send the next of its queue.
    for (const pending of all) this.#remove(pending);
    for (const { waiters } of all) for (const waiter of waiters) waiter.reject(error);
  }

  #add(request: Request): Pending {
    const name = queueOf(request);
    const queue = (name !== undefined && this.#queues.get(name)) || [];
    if (name !== undefined) this.#queues.set(name, queue);
    const pending: Pending = {
      request,
      waiters: new Set(),
      backoff: new Backoff(this.random),
      queue,
      retryTimer: undefined,
      inFlight: false,
      refusal: undefined,
    };
    queue.push(pending);
    this.#pending.set(request.header.id, pending);
    return pending;
  }

  /** Put a newer `update` in the place of a waiting one. @returns undefined if none waits */
  #replace(request: Request): Pending | undefined {
    const last = request.header.type === 'update' ? this.#queues.get(queueOf(request) as string)?.at(-1) : undefined;
    if (!last || last.inFlight) return undefined;
    this.#pending.delete(last.request.header.id);
    this.#pending.set(request.header.id, last);
    last.request = request;
    return last;
  }

  /** An `update` that has to be sent again is replaced by the newer one behind it. It keeps its backoff. */
  #merge(pending: Pending): void {
    const newer = pending.queue[1];
    if (pending.request.header.type !== 'update' || pending.queue[0] !== pending || !newer) return;
    pending.queue.splice(1, 1);
    this.#pending.delete(pending.request.header.id);
    this.#pending.set(newer.request.header.id, pending);
    pending.request = newer.request;
    for (const waiter of newer.waiters) {
      waiter.pending = pending;
      pending.waiters.add(waiter);
    }
  }

  #transmit(pending: Pending): void {
    if (pending.inFlight || pending.retryTimer !== undefined || pending.queue[0] !== pending) return;
    pending.inFlight = this.transmit(pending.request);
  }

  #expire(waiter: Waiter): void {
    const { pending } = waiter;
    const error = pending.refusal ?? new ParleyError('timeout');
    if (pending.waiters.size === 1) this.#finish(pending, () => waiter.reject(error));
    else {
      pending.waiters.delete(waiter);
      this.#size -= 1;
      waiter.reject(error);
    }
  }

  #finish(pending: Pending | undefined, settle: (waiter: Waiter) => void): boolean {
    if (!pending) return false;
    this.#remove(pending);
    for (const waiter of pending.waiters) settle(waiter);
    const next = pending.queue[0];
    if (next) this.#transmit(next);
    return true;
  }

  #remove(pending: Pending): void {
    this.#pending.delete(pending.request.header.id);
    this.clock.clearTimeout(pending.retryTimer);
    for (const { deadlineTimer } of pending.waiters) this.clock.clearTimeout(deadlineTimer);
    this.#size -= pending.waiters.size;
    const { queue } = pending;
    queue.splice(queue.indexOf(pending), 1);
    const name = queueOf(pending.request);
    if (queue.length === 0 && name !== undefined) this.#queues.delete(name);
  }
}
