import type { NodeId } from '@parley/protocol';
import { type Bus, PORT_TAGS } from '../bus/bus.js';
import { UnderWay } from './background-tasks.js';
import { MOST_LETTERS, type NameHolder, NameLines } from './name-claims.js';
import { NameRoll } from './name-directory.js';
import { decodeNodeLetter, encodeNodeLetter, type NodeLetter } from './name-message.js';
import { emptySwitchboardStats } from './name-router.stats.js';
import {
  type Claim,
  type Letter,
  NAME_TIMERS,
  type NameKey,
  type Names,
  type NameTimers,
  type Place,
} from './names.js';
import { LivingNodes } from './node-liveness.js';
import { SenderBook } from './pending-message-quota.js';

/** A message is sent on when its receiver just moved; one that moves each time is given up. */
const MOST_HOPS = 2;
/** A renewal that the store did not answer is tried again after this. */
const RENEW_AGAIN_MS = 1_000;

/** How a message went: to the holder, to where it waits for one, or nowhere. */
export type Sent = 'sent' | 'queued' | 'refused';

/** This node's part of the names: the sockets that have one, the way to those of other nodes, and what waits. */
export class Switchboard {
  readonly stats = emptySwitchboardStats();
  private readonly lines: NameLines;
  private readonly roll: NameRoll;
  private readonly living: LivingNodes;
  private readonly book: SenderBook;
  private readonly work = new UnderWay();
  private readonly timers: NameTimers;
  private clock: NodeJS.Timeout | undefined;
  private again: NodeJS.Timeout | undefined;

  constructor(
    private readonly names: Names,
    private readonly bus: Bus,
    listNodes: () => Promise<readonly NodeId[]>,
    options: { readonly now?: () => number; readonly timers?: NameTimers } = {},
  ) {
    this.timers = options.timers ?? NAME_TIMERS;
    this.living = new LivingNodes(listNodes, options.now ?? (() => performance.now()));
    this.lines = new NameLines(names, bus, this.living, this.work, this.stats);
    this.roll = new NameRoll(bus, this.living, (tenant) => this.lines.of(tenant));
    this.book = new SenderBook(this.timers.expireMs, (from, key) => this.work.begin(this.expire(from, key)));
    bus.onPortMessage(PORT_TAGS.names, (message) => this.hear(message));
    // Redis was away, or this node has a new id: what it holds may be forgotten, or stand under the old one.
    bus.onGap(() => {
      this.living.doubt();
      this.renew();
    });
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
    this.clock = setInterval(() => this.renew(), this.timers.renewMs);
    this.clock.unref();
  }

  stop(): void {
    clearInterval(this.clock);
    this.clock = undefined;
    clearTimeout(this.again);
    this.book.clear();
  }

  /** Resolves when what was begun is done, names that were freed above all. */
  settled(): Promise<void> {
    return this.work.settled();
  }

  /**
   * Takes a name for a socket.
   * @returns false when somebody else has it, or the socket was released meanwhile
   * @throws NamesUnavailable
   */
  claim(key: NameKey, claim: Omit<Claim, 'node'>, holder: NameHolder): Promise<boolean> {
    return this.lines.claim(key, claim, holder);
  }

  /** The socket is gone: its name is free, unless another one took it over. Safe to call for any connection. */
  release(connection: string): void {
    this.lines.release(connection);
  }

  /**
   * Sends to whoever has a name. Messages of one sender stay in order when it waits for each.
   * @param keep false: it does not wait for a name that nobody has
   */
  async send(key: NameKey, from: string, body: string, keep = true): Promise<Sent> {
    const letter = { from, body };
    // Sockets of one node go on talking while the store is away.
    const unasked = (): Sent => (this.lines.deliverUnasked(key, letter) ? 'sent' : 'refused');
    const sent = await this.trySend(key, letter, keep).catch(unasked);
    this.stats[sent] += 1;
    return sent;
  }

  /** Every name of a tenant that a socket of a node has which answers in time. In no order. */
  list(tenant: string): Promise<readonly string[]> {
    return this.roll.list(tenant);
  }

  /** Soon again while the store does not answer for all names: a stranger could take one that it forgot. */
  private renew(): void {
    clearTimeout(this.again);
    const renewed = this.lines.renewAll().then((answered) => {
      if (!answered && this.clock !== undefined) this.again = setTimeout(() => this.renew(), RENEW_AGAIN_MS).unref();
    });
    this.work.begin(renewed);
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

  private pass({ node, connection }: Place, { tenant, name }: NameKey, letter: Letter, hops: number): boolean {
    if (this.lines.has(connection)) return this.lines.deliver(connection, letter);
    const origin = this.bus.node as NodeId;
    return this.tell(node, { kind: 'deliver', connection, tenant, name, origin, hops, ...letter });
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
        return this.lines.lose(letter.connection);
      case 'waits':
        // Without room for it nobody is told; the letter ends by itself.
        return void this.book.reserve(letter.from, { tenant: letter.tenant, name: letter.name }, 0);
      default:
        return this.roll.hear(letter);
    }
  }

  private receive(letter: Extract<NodeLetter, { kind: 'deliver' }>): void {
    if (this.lines.has(letter.connection)) {
      if (!this.lines.deliver(letter.connection, letter)) this.stats.refused += 1;
    } else if (letter.hops < MOST_HOPS) this.work.begin(this.sendOn(letter));
    else this.stats.refused += 1;
  }

  /** The socket went before the message came: whoever has the name now gets it, or it waits for the next. */
  private async sendOn(letter: Extract<NodeLetter, { kind: 'deliver' }>): Promise<void> {
    const { tenant, name, connection, from, body, origin, hops } = letter;
    const key = { tenant, name };
    await this.names.release(key, connection);
    const place = await this.route(key, { from, body }, MOST_LETTERS);
    if (place.kind === 'queued') this.tell(origin, { kind: 'waits', from, tenant, name });
    else if (place.kind === 'held') this.pass(place, key, { from, body }, hops + 1);
  }

  private async expire(from: string, key: NameKey): Promise<void> {
    // Unknown when the store cannot be asked: then nobody came to fetch it either.
    const count = await this.names.withdraw(key, from).catch(() => 1);
    if (count === 0) return;
    this.stats.expired += 1;
    this.lines.holder(from)?.expired(key);
  }

  private tell(node: NodeId, letter: NodeLetter): boolean {
    return this.bus.send(node, encodeNodeLetter(letter));
  }
}
