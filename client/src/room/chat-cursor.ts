import type { ChatMessage } from '@parley/protocol';
import { Backoff } from '../connection/backoff.js';
import { TRANSIENT_CODES } from '../connection/requests.js';
import { asParleyError, type ParleyError } from '../errors.js';
import type { Clock } from '../options.js';

/** @internal Live messages held while those before them are fetched; beyond it the newest are fetched later instead. */
const MAX_HELD = 256;

/** @internal What a cursor needs from its room. */
export interface ChatCursorOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** `after` absent: the newest ones. */
  readonly fetch: (query: { readonly after?: number; readonly limit: number }) => Promise<{
    readonly messages: readonly ChatMessage[];
    readonly more: boolean;
  }>;
  readonly deliver: (message: ChatMessage) => void;
  readonly report: (error: ParleyError) => void;
}

/**
 * @internal Each message kept after the join once, in the order of `seq`: repeats are dropped, and what was missed
 * while there was no socket is fetched before what came after it.
 */
export class ChatCursor {
  /** Everything up to here was handed over; undefined until it is known where the room's log stood at the join. */
  #seq: number | undefined;
  readonly #held = new Map<number, ChatMessage>();
  #fetching = false;
  #fetchAgain = false;
  #closed = false;
  /** The log cannot be read: live messages are handed over as they come. */
  #blind = false;
  #timer: unknown;
  readonly #backoff: Backoff;

  constructor(private readonly options: ChatCursorOptions) {
    this.#backoff = new Backoff(options.random);
  }

  /** Messages that wait for earlier ones. */
  get size(): number {
    return this.#held.size;
  }

  /** A live message came. */
  receive(message: ChatMessage): void {
    if (this.#closed || message.seq <= (this.#seq ?? 0)) return;
    if (this.#held.size < MAX_HELD) this.#held.set(message.seq, message);
    else this.#fetchAgain = true;
    this.#handOver();
    if (this.#blind) this.#giveHeld();
    else if (this.#held.size > 0) this.catchUp();
  }

  /** Fetch what is missing: at the join, after each rejoin, and when a live message is ahead. */
  catchUp(): void {
    if (this.#closed) return;
    if (this.#fetching) {
      this.#fetchAgain = true;
      return;
    }
    this.#fetching = true;
    this.#blind = false;
    this.#fetchAll().then(
      () => this.#fetched(),
      (error: unknown) => this.#failed(asParleyError(error, 'internal')),
    );
  }

  close(): void {
    this.#closed = true;
    this.#held.clear();
    this.options.clock.clearTimeout(this.#timer);
  }

  async #fetchAll(): Promise<void> {
    if (this.#seq === undefined) {
      const { messages } = await this.options.fetch({ limit: 1 });
      // What came live meanwhile belongs to the time after the join, though the log has it by now.
      this.#seq = Math.min(messages.at(-1)?.seq ?? 0, ...[...this.#held.keys()].map((seq) => seq - 1));
      return;
    }
    const ahead = [...this.#held.keys()];
    for (let more = true; more && !this.#closed; ) {
      const page = await this.options.fetch({ after: this.#seq, limit: 100 });
      for (const message of page.messages) this.#give(message);
      more = page.more && page.messages.length > 0;
    }
    // The log was read to its end after these had come: numbers still missing below them do not exist.
    for (const seq of ahead.sort((one, other) => one - other)) {
      const message = this.#held.get(seq);
      if (message) this.#give(message);
    }
  }

  #fetched(): void {
    this.#fetching = false;
    this.#backoff.reset();
    this.#handOver();
    const again = this.#fetchAgain;
    this.#fetchAgain = false;
    if (again || this.#held.size > 0) this.catchUp();
  }

  #failed(error: ParleyError): void {
    this.#fetching = false;
    if (this.#closed) return;
    if (TRANSIENT_CODES.has(error.code) || error.code === 'timeout')
      this.#timer = this.options.clock.setTimeout(() => this.catchUp(), this.#backoff.next(error.retryAfterMs));
    else {
      this.#blind = true;
      this.#giveHeld();
      this.options.report(error);
    }
  }

  #giveHeld(): void {
    for (const [, message] of [...this.#held].sort(([one], [other]) => one - other)) this.#give(message);
  }

  #handOver(): void {
    if (this.#seq === undefined) return;
    for (const seq of this.#held.keys()) if (seq <= this.#seq) this.#held.delete(seq);
    // While pages come in, order is theirs.
    for (let next = this.#held.get(this.#seq + 1); next && !this.#fetching; next = this.#held.get(this.#seq + 1))
      this.#give(next);
  }

  #give(message: ChatMessage): void {
    this.#held.delete(message.seq);
    if (this.#closed || message.seq <= (this.#seq ?? 0)) return;
    this.#seq = message.seq;
    this.options.deliver(message);
  }
}

/** @internal The message alone, without the frame it came in. */
export const chatMessage = ({ id, seq, user, name, from, at, text }: ChatMessage): ChatMessage => ({
  id,
  seq,
  user,
  name,
  from,
  at,
  text,
});
