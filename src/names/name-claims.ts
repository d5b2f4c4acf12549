import type { NodeId } from '@parley/protocol';
import type { Bus } from '../bus/bus.js';
import type { BackgroundTasks } from './background-tasks.js';
import { encodeNameMessage } from './name-message.js';
import type { NameRouterStats } from './name-router.stats.js';
import { type Claim, idOf, type NameKey, type Names, type QueuedMessage } from './names.js';
import type { NodeLiveness } from './node-liveness.js';

/** Letters that may wait for one name. */
export const MAX_QUEUED_MESSAGES = 64;
/** Messages held for a socket whose claim is not answered yet. */
export const MAX_EARLY_MESSAGES = 64;
/** Names that are still to be freed because the store was away; the oldest are left to their end. */
export const MAX_RETRIES = 10_000;
/** Names that are renewed at once: others want to be served between them. */
const RENEWED_AT_ONCE = 100;

/** A socket that has a name, or is about to. */
export interface NameHolder {
  /** The name is the socket's. Called once and before any `deliver`, with what waited for it, oldest first. */
  opened(waiting: readonly string[]): void;
  /**
   * A message for the name. False: it was not taken, and is not kept.
   * @param kept it waited in the store; its sender counts it as delivered, so that it must be taken
   */
  deliver(body: string, kept?: boolean): boolean;
  /** Another socket of the same owner has the name now. Called once. */
  lost(): void;
  /** What this socket sent to a name has waited in vain. Once for all its messages to it. */
  expired(to: NameKey): void;
  /** A message that counted as sent was not taken after all. */
  refused(to: NameKey): void;
}

interface LocalClaim {
  readonly key: NameKey;
  readonly claim: Omit<Claim, 'node'>;
  readonly holder: NameHolder;
  /** Messages that overtook the answer to the claim; undefined once it was answered. */
  early: QueuedMessage[] | undefined;
}

/** The sockets of this node that have a name: how each gets it, keeps it and gives it back. */
export class NameClaims {
  private readonly claims = new Map<string, LocalClaim>();
  /** The connection that has a name, as far as this node knows. */
  private readonly byName = new Map<string, string>();
  private readonly retryQueue = new Map<string, NameKey>();

  constructor(
    private readonly names: Names,
    private readonly bus: Bus,
    private readonly liveness: NodeLiveness,
    private readonly work: BackgroundTasks,
    private readonly stats: NameRouterStats,
  ) {}

  get size(): number {
    return this.claims.size;
  }

  has(connection: string): boolean {
    return this.claims.has(connection);
  }

  holder(connection: string): NameHolder | undefined {
    return this.claims.get(connection)?.holder;
  }

  /** The names of a tenant. */
  of(tenant: string): string[] {
    return [...this.claims.values()]
      .filter(({ key, early }) => key.tenant === tenant && early === undefined)
      .map(({ key }) => key.name);
  }

  /** As {@link NameRouter.claim}. */
  async claim(key: NameKey, claim: Omit<Claim, 'node'>, holder: NameHolder): Promise<boolean> {
    const claimed: LocalClaim = { key, claim, holder, early: [] };
    // Before the store is asked: a message may overtake its answer.
    this.claims.set(claim.connection, claimed);
    try {
      const result = await this.take(key, claim);
      if (result.kind === 'taken') {
        this.claims.delete(claim.connection);
        this.stats.taken += 1;
        return false;
      }
      if (result.replaced !== undefined) this.notifyLost(result.replaced.node, result.replaced.connection);
      const messages = [...result.messages, ...(claimed.early ?? [])];
      claimed.early = undefined;
      const isHere = this.claims.get(claim.connection) === claimed;
      if (isHere) this.byName.set(idOf(key), claim.connection);
      if (isHere) holder.opened(messages.map(({ body }) => body));
      // The socket closed meanwhile: the messages wait on for another one.
      else this.work.begin(this.requeue(key, claim.connection, messages));
      return isHere;
    } catch (error) {
      // It may have been done all the same.
      this.release(claim.connection);
      throw error;
    }
  }

  release(connection: string): void {
    const claimed = this.forget(connection);
    if (claimed === undefined) return;
    this.work.begin(this.free(claimed.key, connection));
  }

  /** False: there is no such socket, it takes no more, or no room before it is answered. */
  deliver(connection: string, message: QueuedMessage): boolean {
    const claimed = this.claims.get(connection);
    if (claimed === undefined) return false;
    if (claimed.early === undefined) return claimed.holder.deliver(message.body);
    if (claimed.early.length >= MAX_EARLY_MESSAGES) return false;
    claimed.early.push(message);
    return true;
  }

  /** The name went to another socket. */
  lose(connection: string): void {
    this.forget(connection)?.holder.lost();
  }

  /** While the store cannot be asked: to the socket of this node that had the name last. */
  deliverFromCache(key: NameKey, message: QueuedMessage): boolean {
    const connection = this.byName.get(idOf(key));
    return connection !== undefined && this.deliver(connection, message);
  }

  /**
   * Frees what is still to be freed, and puts back what the store may have forgotten.
   * @returns false when the store did not answer for all of it
   */
  async renewAll(): Promise<boolean> {
    if (!this.names.available) return false;
    for (const [connection, key] of [...this.retryQueue]) {
      this.retryQueue.delete(connection);
      await this.free(key, connection);
    }
    const claimed = [...this.claims.values()].filter(({ early }) => early === undefined);
    let answered = this.retryQueue.size === 0;
    while (claimed.length > 0) {
      const renewed = await Promise.all(claimed.splice(0, RENEWED_AT_ONCE).map((localClaim) => this.renew(localClaim)));
      answered &&= !renewed.includes(false);
    }
    return answered;
  }

  private forget(connection: string): LocalClaim | undefined {
    const claimed = this.claims.get(connection);
    this.claims.delete(connection);
    if (claimed !== undefined && this.byName.get(idOf(claimed.key)) === connection)
      this.byName.delete(idOf(claimed.key));
    return claimed;
  }

  private async take(key: NameKey, claim: Omit<Claim, 'node'>) {
    const ours = { ...claim, node: this.bus.node as NodeId };
    const result = await this.names.claim(key, ours);
    if (result.kind !== 'taken' || !(await this.liveness.isGone(result.node, this.bus.node, 0))) return result;
    return this.names.claim(key, ours, result.node);
  }

  private notifyLost(node: NodeId, connection: string): void {
    this.stats.takeovers += 1;
    if (this.claims.has(connection)) this.lose(connection);
    else this.bus.send(node, encodeNameMessage({ kind: 'lost', connection }));
  }

  /** @returns false when the store did not answer */
  private async renew(claimed: LocalClaim): Promise<boolean> {
    const { key, claim, holder } = claimed;
    const isHere = () => this.claims.get(claim.connection) === claimed;
    if (!isHere()) return true;
    const result = await this.names.renew(key, { ...claim, node: this.bus.node as NodeId }).catch(() => undefined);
    if (result === undefined) return false;
    if (result.kind === 'taken') {
      if (isHere()) this.lose(claim.connection);
    } else if (isHere()) {
      for (const { body } of result.messages) holder.deliver(body, true);
    } else await this.requeue(key, claim.connection, result.messages);
    return true;
  }

  private async requeue(key: NameKey, connection: string, messages: readonly QueuedMessage[]): Promise<void> {
    await this.free(key, connection);
    for (const message of messages) await this.names.route(key, message, MAX_QUEUED_MESSAGES);
  }

  private async free(key: NameKey, connection: string): Promise<void> {
    try {
      await this.names.release(key, connection);
    } catch {
      this.retryQueue.set(connection, key);
      const oldest = this.retryQueue.keys().next().value;
      if (this.retryQueue.size > MAX_RETRIES && oldest !== undefined) this.retryQueue.delete(oldest);
    }
  }
}
