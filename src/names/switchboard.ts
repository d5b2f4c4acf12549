import type { NodeId } from '@parley/protocol';
import { type Bus, PORT_LEADS } from '../bus/bus.js';
import { LivingNodes } from './living-nodes.js';
import { NameRoll } from './name-roll.js';
import { type Claim, type Letter, NAME_TIMERS, type NameKey, type Names, type NameTimers } from './names.js';
import { decodeNodeLetter, encodeNodeLetter, type NodeLetter } from './node-letter.js';
import { SenderBook } from './sender-book.js';
import { emptySwitchboardStats } from './switchboard.stats.js';

/** Letters that may wait for one name. */
export const MOST_LETTERS = 64;
/** Messages held for a socket whose claim is not answered yet. */
const MOST_EARLY = 64;
/** Names that are still to be freed because the store was away; the oldest are left to their end. */
export const MOST_OWED = 10_000;
/** Names that are renewed at once: others want to be served between them. */
const RENEWED_AT_ONCE = 100;
/** A message is sent on when its receiver just moved; one that moves each time is given up. */
const MOST_HOPS = 2;

/** A socket that has a name, or is about to. */
export interface NameHolder {
  /** The name is the socket's. Called once and before any `deliver`, with what waited for it, oldest first. */
  opened(waiting: readonly string[]): void;
  /** A message for the name. */
  deliver(body: string): void;
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

/** How a message went: to the holder, to where it waits for one, or nowhere. */
export type Sent = 'sent' | 'queued' | 'refused';

/** This node's part of the names: the sockets that have one, the way to those of other nodes, and what waits. */
export class Switchboard {
  readonly stats = emptySwitchboardStats();
  private readonly lines = new Map<string, Line>();
  private readonly roll: NameRoll;
  private readonly owed = new Map<string, NameKey>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly living: LivingNodes;
  private readonly book: SenderBook;
  private readonly timers: NameTimers;
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly names: Names,
    private readonly bus: Bus,
    listNodes: () => Promise<readonly NodeId[]>,
    options: { readonly now?: () => number; readonly timers?: NameTimers } = {},
  ) {
    this.timers = options.timers ?? NAME_TIMERS;
    this.living = new LivingNodes(listNodes, options.now ?? (() => performance.now()));
    this.roll = new NameRoll(bus, this.living, (tenant) => this.namesHere(tenant));
    this.book = new SenderBook(this.timers.expireMs, (from, key) => this.track(this.expire(from, key)));
    bus.onPortMessage(PORT_LEADS.names, (message) => this.hear(message));
    // Redis was away, or this node has a new id: what it holds may be forgotten, or stand under the old one.
    bus.onGap(() => this.track(this.renewAll()));
  }

  /** Names of this node's sockets. */
  get size(): number {
    return this.lines.size;
  }

  /** Bytes of letters that wait on account of this node's sockets. */
  get waitingBytes(): number {
    return this.book.bytes;
  }

  start(): void {
    this.clock = setInterval(() => this.track(this.renewAll()), this.timers.renewMs);
    this.clock.unref();
  }

  stop(): void {
    clearInterval(this.clock);
    this.book.clear();
  }

  /** Resolves when what was begun is done, names that were freed above all. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /**
   * Takes a name for a socket.
   * @returns false when somebody else has it, or the socket was released meanwhile
   * @throws NamesUnavailable
   */
  async claim(key: NameKey, claim: Omit<Claim, 'node'>, holder: NameHolder): Promise<boolean> {
    const line: Line = { key, claim, holder, early: [] };
    // Before the store is asked: a message may overtake its answer.
    this.lines.set(claim.connection, line);
    try {
      const node = this.bus.node as NodeId;
      let result = await this.names.claim(key, { ...claim, node });
      if (result.kind === 'taken' && (await this.living.isGone(result.node, this.bus.node, 0)))
        result = await this.names.claim(key, { ...claim, node }, result.node);
      if (result.kind === 'taken') return this.refused(claim.connection);
      if (result.replaced !== undefined) this.tellLost(result.replaced.node, result.replaced.connection);
      const letters = [...result.letters, ...(line.early ?? [])];
      line.early = undefined;
      const isHere = this.lines.get(claim.connection) === line;
      if (isHere) holder.opened(letters.map(({ body }) => body));
      // The socket closed meanwhile: the letters wait on for another one.
      else this.track(this.putBack(key, claim.connection, letters));
      return isHere;
    } catch (error) {
      // It may have been done all the same.
      this.release(claim.connection);
      throw error;
    }
  }

  /** The socket is gone: its name is free, unless another one took it over. Safe to call for any connection. */
  release(connection: string): void {
    const line = this.lines.get(connection);
    if (line === undefined) return;
    this.lines.delete(connection);
    this.track(this.free(line.key, connection));
  }

  /**
   * Sends to whoever has a name. Messages of one sender stay in order when it waits for each.
   * @param keep false: it does not wait for a name that nobody has
   */
  async send(key: NameKey, from: string, body: string, keep = true): Promise<Sent> {
    const sent = await this.trySend(key, { from, body }, keep).catch((): Sent => 'refused');
    this.stats[sent] += 1;
    return sent;
  }

  /** Every name of a tenant that a socket of a node has which answers in time. In no order. */
  list(tenant: string): Promise<readonly string[]> {
    return this.roll.list(tenant);
  }

  private async trySend(key: NameKey, letter: Letter, keep: boolean): Promise<Sent> {
    const bytes = Buffer.byteLength(letter.body);
    const mayWait = keep && this.book.hasRoom(letter.from, key, bytes);
    const place = await this.route(key, letter, mayWait ? MOST_LETTERS : 0);
    if (place.kind === 'full') return 'refused';
    if (place.kind === 'held') return this.pass(place, key, letter, 0) ? 'sent' : 'refused';
    if (this.book.reserve(letter.from, key, bytes)) return 'queued';
    // Others took the room while the store was asked.
    await this.names.withdraw(key, letter.from);
    return 'refused';
  }

  private async route(key: NameKey, letter: Letter, most: number) {
    const place = await this.names.route(key, letter, most);
    if (place.kind !== 'held' || this.lines.has(place.connection)) return place;
    const isGone = await this.living.isGone(place.node, this.bus.node);
    return isGone ? this.names.route(key, letter, most, place.node) : place;
  }

  private pass(place: { node: NodeId; connection: string }, key: NameKey, letter: Letter, hops: number): boolean {
    const line = this.lines.get(place.connection);
    if (line !== undefined) return this.deliver(line, letter);
    const { tenant, name } = key;
    const origin = this.bus.node as NodeId;
    return this.tell(place.node, {
      kind: 'deliver',
      connection: place.connection,
      tenant,
      name,
      origin,
      hops,
      ...letter,
    });
  }

  private deliver({ early, holder }: Line, letter: Letter): boolean {
    if (early === undefined) holder.deliver(letter.body);
    else if (early.length < MOST_EARLY) early.push(letter);
    else return false;
    return true;
  }

  private hear(message: Buffer): void {
    const letter = decodeNodeLetter(message);
    if (letter === undefined) {
      this.stats.strange += 1;
      return;
    }
    switch (letter.kind) {
      case 'deliver':
        return this.receive(letter);
      case 'lost':
        return this.lose(letter.connection);
      case 'waits':
        // Without room for it nobody is told; the letter ends by itself.
        return void this.book.reserve(letter.from, { tenant: letter.tenant, name: letter.name }, 0);
      default:
        return this.roll.hear(letter);
    }
  }

  private receive(letter: Extract<NodeLetter, { kind: 'deliver' }>): void {
    const line = this.lines.get(letter.connection);
    if (line !== undefined) this.deliver(line, letter);
    else if (letter.hops < MOST_HOPS) this.track(this.sendOn(letter));
    else this.stats.refused += 1;
  }

  /** The socket went before the message came: whoever has the name now gets it, or it waits for the next. */
  private async sendOn({
    tenant,
    name,
    connection,
    from,
    body,
    origin,
    hops,
  }: Extract<NodeLetter, { kind: 'deliver' }>) {
    const key = { tenant, name };
    await this.names.release(key, connection);
    const place = await this.route(key, { from, body }, MOST_LETTERS);
    if (place.kind === 'queued') this.tell(origin, { kind: 'waits', from, tenant, name });
    else if (place.kind === 'held') this.pass(place, key, { from, body }, hops + 1);
  }

  private async putBack(key: NameKey, connection: string, letters: readonly Letter[]): Promise<void> {
    await this.free(key, connection);
    for (const letter of letters) await this.route(key, letter, MOST_LETTERS);
  }

  private async expire(from: string, key: NameKey): Promise<void> {
    // Unknown when the store cannot be asked: then nobody came to fetch it either.
    const count = await this.names.withdraw(key, from).catch(() => 1);
    if (count === 0) return;
    this.stats.expired += 1;
    this.lines.get(from)?.holder.expired(key);
  }

  private refused(connection: string): false {
    this.lines.delete(connection);
    this.stats.taken += 1;
    return false;
  }

  private tellLost(node: NodeId, connection: string): void {
    this.stats.takeovers += 1;
    if (this.lines.has(connection)) this.lose(connection);
    else this.tell(node, { kind: 'lost', connection });
  }

  private lose(connection: string): void {
    const line = this.lines.get(connection);
    this.lines.delete(connection);
    line?.holder.lost();
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

  private async renewAll(): Promise<void> {
    if (!this.names.available) return;
    for (const [connection, key] of [...this.owed]) {
      this.owed.delete(connection);
      await this.free(key, connection);
    }
    const lines = [...this.lines.values()].filter(({ early }) => early === undefined);
    while (lines.length > 0) await Promise.all(lines.splice(0, RENEWED_AT_ONCE).map((line) => this.renew(line)));
  }

  private async renew(line: Line): Promise<void> {
    const { key, claim, holder } = line;
    const isHere = () => this.lines.get(claim.connection) === line;
    if (!isHere()) return;
    const result = await this.names.renew(key, { ...claim, node: this.bus.node as NodeId }).catch(() => undefined);
    if (result?.kind === 'taken' && isHere()) this.lose(claim.connection);
    if (result?.kind !== 'claimed') return;
    if (!isHere()) return this.putBack(key, claim.connection, result.letters);
    for (const { body } of result.letters) holder.deliver(body);
  }

  private namesHere(tenant: string): string[] {
    return [...this.lines.values()]
      .filter(({ key, early }) => key.tenant === tenant && early === undefined)
      .map(({ key }) => key.name);
  }

  private tell(node: NodeId, letter: NodeLetter): boolean {
    return this.bus.send(node, encodeNodeLetter(letter));
  }

  /** A store that is away makes a step fail, never the node. */
  private track(work: Promise<unknown>): void {
    const done = work.catch(() => {}).finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }
}
