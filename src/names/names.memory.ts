import {
  type Claim,
  type ClaimResult,
  idOf,
  NAME_TIMERS,
  type NameKey,
  type Names,
  NamesUnavailable,
  type NameTimers,
  type QueuedMessage,
  type RouteResult,
} from './names.js';

interface Held extends Claim {
  until: number;
}
interface Waiting {
  readonly messages: QueuedMessage[];
  readonly until: number;
}

/** Names of a process that stands alone; in a test several nodes may share one. */
export class MemoryNames implements Names {
  private readonly names = new Map<string, Held>();
  /** In the order of their ends, since all wait equally long. */
  private readonly waiting = new Map<string, Waiting>();
  /** Set it to true and every call rejects, as when Redis cannot be reached. */
  down = false;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly timers: Pick<NameTimers, 'nameTtlMs' | 'expireMs'> = NAME_TIMERS,
  ) {}

  get available(): boolean {
    return !this.down;
  }

  /** Forgets everything, as a Redis that comes back empty. */
  clear(): void {
    this.names.clear();
    this.waiting.clear();
  }

  async claim(key: NameKey, claim: Claim, gone?: string): Promise<ClaimResult> {
    return this.take(key, claim, (held) => held.proof === claim.proof || held.node === gone);
  }

  async renew(key: NameKey, claim: Claim): Promise<ClaimResult> {
    return this.take(key, claim, () => false);
  }

  async release(key: NameKey, connection: string): Promise<boolean> {
    const held = this.heldAt(key);
    return held?.connection === connection && this.names.delete(idOf(key));
  }

  async route(key: NameKey, message: QueuedMessage, max: number, gone?: string): Promise<RouteResult> {
    const held = this.heldAt(key);
    if (held !== undefined && held.node !== gone) return { kind: 'held', node: held.node, connection: held.connection };
    const id = idOf(key);
    const { messages, until } = this.waiting.get(id) ?? { messages: [], until: this.now() + 2 * this.timers.expireMs };
    if (messages.length >= max) return { kind: 'full' };
    messages.push(message);
    this.waiting.set(id, { messages, until });
    return { kind: 'queued' };
  }

  async withdraw(key: NameKey, from: string): Promise<number> {
    this.forget();
    const id = idOf(key);
    const { messages, until } = this.waiting.get(id) ?? { messages: [], until: 0 };
    const others = messages.filter((message) => message.from !== from);
    if (others.length === 0) this.waiting.delete(id);
    else this.waiting.set(id, { messages: others, until });
    return messages.length - others.length;
  }

  private take(key: NameKey, claim: Claim, mayReplace: (held: Held) => boolean): ClaimResult {
    const held = this.heldAt(key);
    const isOurs = held?.connection === claim.connection;
    if (held !== undefined && !isOurs && !mayReplace(held)) return { kind: 'taken', node: held.node };
    const id = idOf(key);
    this.names.set(id, { ...claim, until: this.now() + this.timers.nameTtlMs });
    const messages = this.waiting.get(id)?.messages ?? [];
    this.waiting.delete(id);
    const replaced = held === undefined || isOurs ? undefined : { node: held.node, connection: held.connection };
    return { kind: 'claimed', messages, replaced };
  }

  private heldAt(key: NameKey): Held | undefined {
    this.forget();
    const id = idOf(key);
    const held = this.names.get(id);
    if (held === undefined || held.until > this.now()) return held;
    this.names.delete(id);
    return undefined;
  }

  /** Letters whose time is over. A name's own end is looked at when it is asked for: its holder lives here or renews. */
  private forget(): void {
    if (this.down) throw new NamesUnavailable('The store of names is down.');
    for (const [id, { until }] of this.waiting) {
      if (until > this.now()) return;
      this.waiting.delete(id);
    }
  }
}
