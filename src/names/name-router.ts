import type { NodeId } from '@parley/protocol';
import { type Bus, PORT_TAGS } from '../bus/bus.js';
import { BackgroundTasks } from './background-tasks.js';
import { MAX_QUEUED_MESSAGES, NameClaims, type NameHolder } from './name-claims.js';
import { NameDirectory } from './name-directory.js';
import { decodeNameMessage, encodeNameMessage, type NameMessage } from './name-message.js';
import { emptyNameRouterStats } from './name-router.stats.js';
import {
  type Claim,
  NAME_TIMERS,
  type NameKey,
  type Names,
  type NameTimers,
  type QueuedMessage,
  type SocketLocation,
} from './names.js';
import { NodeLiveness } from './node-liveness.js';
import { PendingMessageQuota } from './pending-message-quota.js';

/** A message is sent on when its receiver just moved; one that moves each time is given up. */
const MAX_HOPS = 2;
/** A renewal that the store did not answer is tried again after this. */
const RENEW_RETRY_MS = 1_000;

/** How a message went: to the holder, to where it waits for one, or nowhere. */
export type Sent = 'sent' | 'queued' | 'refused';

/** This node's part of the names: the sockets that have one, the way to those of other nodes, and what waits. */
export class NameRouter {
  readonly stats = emptyNameRouterStats();
  private readonly claims: NameClaims;
  private readonly directory: NameDirectory;
  private readonly liveness: NodeLiveness;
  private readonly quota: PendingMessageQuota;
  private readonly work = new BackgroundTasks();
  private readonly timers: NameTimers;
  private clock: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly names: Names,
    private readonly bus: Bus,
    listNodes: () => Promise<readonly NodeId[]>,
    options: { readonly now?: () => number; readonly timers?: NameTimers } = {},
  ) {
    this.timers = options.timers ?? NAME_TIMERS;
    this.liveness = new NodeLiveness(listNodes, options.now ?? (() => performance.now()));
    this.claims = new NameClaims(names, bus, this.liveness, this.work, this.stats);
    this.directory = new NameDirectory(bus, this.liveness, (tenant) => this.claims.of(tenant));
    this.quota = new PendingMessageQuota(this.timers.expireMs, (from, key) => this.work.begin(this.expire(from, key)));
    bus.onPortMessage(PORT_TAGS.names, (message) => this.onMessage(message));
    // Redis was away, or this node has a new id: what it holds may be forgotten, or stand under the old one.
    bus.onGap(() => {
      this.liveness.doubt();
      this.renew();
    });
  }

  /** Names of this node's sockets. */
  get size(): number {
    return this.claims.size;
  }

  /** Bytes of messages that wait on account of this node's sockets. */
  get waitingBytes(): number {
    return this.quota.bytes;
  }

  start(): void {
    this.clock = setInterval(() => this.renew(), this.timers.renewMs);
    this.clock.unref();
  }

  stop(): void {
    clearInterval(this.clock);
    this.clock = undefined;
    clearTimeout(this.retryTimer);
    this.quota.clear();
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
    return this.claims.claim(key, claim, holder);
  }

  /** The socket is gone: its name is free, unless another one took it over. Safe to call for any connection. */
  release(connection: string): void {
    this.claims.release(connection);
  }

  /**
   * Sends to the holder of a name. Messages of one sender stay in order when it waits for each.
   * @param keep false: it does not wait for a name that nobody has
   */
  async send(key: NameKey, from: string, body: string, keep = true): Promise<Sent> {
    const message = { from, body };
    // Sockets of one node go on talking while the store is away.
    const unasked = (): Sent => (this.claims.deliverFromCache(key, message) ? 'sent' : 'refused');
    const sent = await this.trySend(key, message, keep).catch(unasked);
    this.stats[sent] += 1;
    return sent;
  }

  /** Every name of a tenant that a socket of a node has which answers in time. In no order. */
  list(tenant: string): Promise<readonly string[]> {
    return this.directory.list(tenant);
  }

  /** Soon again while the store does not answer for all names: a stranger could take one that it forgot. */
  private renew(): void {
    clearTimeout(this.retryTimer);
    const renewed = this.claims.renewAll().then((answered) => {
      if (!answered && this.clock !== undefined)
        this.retryTimer = setTimeout(() => this.renew(), RENEW_RETRY_MS).unref();
    });
    this.work.begin(renewed);
  }

  private async trySend(key: NameKey, message: QueuedMessage, keep: boolean): Promise<Sent> {
    const bytes = Buffer.byteLength(message.body);
    const mayWait = keep && this.quota.hasRoom(message.from, key, bytes);
    const location = await this.route(key, message, mayWait ? MAX_QUEUED_MESSAGES : 0);
    if (location.kind === 'full') return 'refused';
    if (location.kind === 'held') return this.forward(location, key, message, 0) ? 'sent' : 'refused';
    if (this.quota.reserve(message.from, key, bytes)) return 'queued';
    // Others took the room while the store was asked.
    await this.names.withdraw(key, message.from);
    return 'refused';
  }

  private async route(key: NameKey, message: QueuedMessage, max: number) {
    const location = await this.names.route(key, message, max);
    if (location.kind !== 'held' || this.claims.has(location.connection)) return location;
    const isGone = await this.liveness.isGone(location.node, this.bus.node);
    return isGone ? this.names.route(key, message, max, location.node) : location;
  }

  private forward(
    { node, connection }: SocketLocation,
    { tenant, name }: NameKey,
    message: QueuedMessage,
    hops: number,
    /** The sender's node. */
    origin = this.bus.node as NodeId,
  ): boolean {
    if (this.claims.has(connection)) return this.claims.deliver(connection, message);
    return this.sendToNode(node, { kind: 'deliver', connection, tenant, name, origin, hops, ...message });
  }

  private onMessage(message: Buffer): void {
    const queued = decodeNameMessage(message);
    if (queued === undefined) {
      this.stats.invalidMessages += 1;
      return;
    }
    switch (queued.kind) {
      case 'deliver':
        return this.receive(queued);
      case 'lost':
        return this.claims.lose(queued.connection);
      case 'waits':
        // Without room for it nobody is told; the message ends by itself.
        return void this.quota.reserve(queued.from, { tenant: queued.tenant, name: queued.name }, 0);
      case 'refused':
        return this.claims.holder(queued.from)?.refused({ tenant: queued.tenant, name: queued.name });
      default:
        return this.directory.onMessage(queued);
    }
  }

  private receive(message: Extract<NameMessage, { kind: 'deliver' }>): void {
    if (this.claims.has(message.connection)) {
      if (!this.claims.deliver(message.connection, message)) this.refuse(message);
    } else if (message.hops < MAX_HOPS) this.work.begin(this.reroute(message).catch(() => this.refuse(message)));
    else this.refuse(message);
  }

  /** The sender's node counted it as sent, and its client has heard nothing else. */
  private refuse({ origin, from, tenant, name }: Extract<NameMessage, { kind: 'deliver' }>): void {
    this.stats.refused += 1;
    this.sendToNode(origin, { kind: 'refused', from, tenant, name });
  }

  /** The socket closed before the message arrived: the name's current holder gets it, or it waits for the next. */
  private async reroute(message: Extract<NameMessage, { kind: 'deliver' }>): Promise<void> {
    const { tenant, name, connection, from, body, origin, hops } = message;
    const key = { tenant, name };
    await this.names.release(key, connection);
    const location = await this.route(key, { from, body }, MAX_QUEUED_MESSAGES);
    if (location.kind === 'queued') this.sendToNode(origin, { kind: 'waits', from, tenant, name });
    else if (location.kind === 'full' || !this.forward(location, key, { from, body }, hops + 1, origin))
      this.refuse(message);
  }

  private async expire(from: string, key: NameKey): Promise<void> {
    // Unknown when the store cannot be asked: then nobody came to fetch it either.
    const count = await this.names.withdraw(key, from).catch(() => 1);
    if (count === 0) return;
    this.stats.expired += 1;
    this.claims.holder(from)?.expired(key);
  }

  private sendToNode(node: NodeId, message: NameMessage): boolean {
    return this.bus.send(node, encodeNameMessage(message));
  }
}
