import type { NodeId } from '@parley/protocol';
import type { Bus } from '../bus/bus.js';
import type { UnderWay } from './background-tasks.js';
import { encodeNodeLetter } from './name-message.js';
import type { SwitchboardStats } from './name-router.stats.js';
import { type Claim, idOf, type Letter, type NameKey, type Names } from './names.js';
import type { LivingNodes } from './node-liveness.js';

/** Letters that may wait for one name. */
export const MOST_LETTERS = 64;
/** Messages held for a socket whose claim is not answered yet. */
export const MOST_EARLY = 64;
/** Names that are still to be freed because the store was away; the oldest are left to their end. */
export const MOST_OWED = 10_000;
/** Names that are renewed at once: others want to be served between them. */
const RENEWED_AT_ONCE = 100;

/** A socket that has a name, or is about to. */
export interface NameHolder {
  /** The name is the socket's. Called once and before any `deliver`, with what waited for it, oldest first. */
  opened(waiting: readonly string[]): void;
  /** A message for the name. False: it was not taken, and is not kept. */
  deliver(body: string): boolean;
  /** Another socket of the same owner has the name now. Called once. */
  lost(): void;
  /** What this socket sent to a name has waited in vain. Once for all its letters to it. */
  expired(to: NameKey): void;
}

interface Line {
  readonly key: NameKey;
  readonly claim: Omit<Claim, 'node'>;
  readonly holder: NameHolder;
  /** Messages that overtook the answer to the claim; undefined once it was answered. */
  early: Letter[] | undefined;
}

/** The sockets of this node that have a name: how each gets it, keeps it and gives it back. */
export class NameLines {
  private readonly lines = new Map<string, Line>();
  /** The connection that has a name, as far as this node knows. */
  private readonly byName = new Map<string, string>();
  private readonly owed = new Map<string, NameKey>();

  constructor(
    private readonly names: Names,
    private readonly bus: Bus,
    private readonly living: LivingNodes,
    private readonly work: UnderWay,
    private readonly stats: SwitchboardStats,
  ) {}

  get size(): number {
    return this.lines.size;
  }

  has(connection: string): boolean {
    return this.lines.has(connection);
  }

  holder(connection: string): NameHolder | undefined {
    return this.lines.get(connection)?.holder;
  }

  /** The names of a tenant. */
  of(tenant: string): string[] {
    return [...this.lines.values()]
      .filter(({ key, early }) => key.tenant === tenant && early === undefined)
      .map(({ key }) => key.name);
  }

  /** As {@link Switchboard.claim}. */
  async claim(key: NameKey, claim: Omit<Claim, 'node'>, holder: NameHolder): Promise<boolean> {
    const line: Line = { key, claim, holder, early: [] };
    // Before the store is asked: a message may overtake its answer.
    this.lines.set(claim.connection, line);
    try {
      const result = await this.take(key, claim);
      if (result.kind === 'taken') {
        this.lines.delete(claim.connection);
        this.stats.taken += 1;
        return false;
      }
      if (result.replaced !== undefined) this.tellLost(result.replaced.node, result.replaced.connection);
      const letters = [...result.letters, ...(line.early ?? [])];
      line.early = undefined;
      const isHere = this.lines.get(claim.connection) === line;
      if (isHere) this.byName.set(idOf(key), claim.connection);
      if (isHere) holder.opened(letters.map(({ body }) => body));
      // The socket closed meanwhile: the letters wait on for another one.
      else this.work.begin(this.putBack(key, claim.connection, letters));
      return isHere;
    } catch (error) {
      // It may have been done all the same.
      this.release(claim.connection);
      throw error;
    }
  }

  release(connection: string): void {
    const line = this.forget(connection);
    if (line === undefined) return;
    this.work.begin(this.free(line.key, connection));
  }

  /** False: there is no such socket, it takes no more, or no room before it is answered. */
  deliver(connection: string, letter: Letter): boolean {
    const line = this.lines.get(connection);
    if (line === undefined) return false;
    if (line.early === undefined) return line.holder.deliver(letter.body);
    if (line.early.length >= MOST_EARLY) return false;
    line.early.push(letter);
    return true;
  }

  /** The name went to another socket. */
  lose(connection: string): void {
    this.forget(connection)?.holder.lost();
  }

  /** While the store cannot be asked: to the socket of this node that had the name last. */
  deliverUnasked(key: NameKey, letter: Letter): boolean {
    const connection = this.byName.get(idOf(key));
    return connection !== undefined && this.deliver(connection, letter);
  }

  /**
   * Frees what is still to be freed, and puts back what the store may have forgotten.
   * @returns false when the store did not answer for all of it
   */
  async renewAll(): Promise<boolean> {
    if (!this.names.available) return false;
    for (const [connection, key] of [...this.owed]) {
      this.owed.delete(connection);
      await this.free(key, connection);
    }
    const lines = [...this.lines.values()].filter(({ early }) => early === undefined);
    let answered = this.owed.size === 0;
    while (lines.length > 0) {
      const renewed = await Promise.all(lines.splice(0, RENEWED_AT_ONCE).map((line) => this.renew(line)));
      answered &&= !renewed.includes(false);
    }
    return answered;
  }

  private forget(connection: string): Line | undefined {
    const line = this.lines.get(connection);
    this.lines.delete(connection);
    if (line !== undefined && this.byName.get(idOf(line.key)) === connection) this.byName.delete(idOf(line.key));
    return line;
  }

  private async take(key: NameKey, claim: Omit<Claim, 'node'>) {
    const ours = { ...claim, node: this.bus.node as NodeId };
    const result = await this.names.claim(key, ours);
    if (result.kind !== 'taken' || !(await this.living.isGone(result.node, this.bus.node, 0))) return result;
    return this.names.claim(key, ours, result.node);
  }

  private tellLost(node: NodeId, connection: string): void {
    this.stats.takeovers += 1;
    if (this.lines.has(connection)) this.lose(connection);
    else this.bus.send(node, encodeNodeLetter({ kind: 'lost', connection }));
  }

  /** @returns false when the store did not answer */
  private async renew(line: Line): Promise<boolean> {
    const { key, claim, holder } = line;
    const isHere = () => this.lines.get(claim.connection) === line;
    if (!isHere()) return true;
    const result = await this.names.renew(key, { ...claim, node: this.bus.node as NodeId }).catch(() => undefined);
    if (result === undefined) return false;
    if (result.kind === 'taken') {
      if (isHere()) this.lose(claim.connection);
    } else if (isHere()) {
      for (const { body } of result.letters) holder.deliver(body);
    } else await this.putBack(key, claim.connection, result.letters);
    return true;
  }

  private async putBack(key: NameKey, connection: string, letters: readonly Letter[]): Promise<void> {
    await this.free(key, connection);
    for (const letter of letters) await this.names.route(key, letter, MOST_LETTERS);
  }

  private async free(key: NameKey, connection: string): Promise<void> {
    try {
      await this.names.release(key, connection);
    } catch {
      this.owed.set(connection, key);
      const oldest = this.owed.keys().next().value;
      if (this.owed.size > MOST_OWED && oldest !== undefined) this.owed.delete(oldest);
    }
  }
}
