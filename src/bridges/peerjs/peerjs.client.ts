import { CLOSE_CODES } from '@parley/protocol';
import type { NameHolder } from '../../names/name-claims.js';
import type { NameRouter } from '../../names/name-router.js';
import type { NameKey } from '../../names/names.js';
import type { BridgeClient, BridgeSocket } from '../bridge.js';
import type { Admitted, Rejected } from './admission.js';
import type { PeerjsCounters } from './counters.js';
import { errorFrame, expireFrame, ID_TAKEN, isPeerId, OPEN, type Relay, readFrame, relayFrame } from './frames.js';

/** As when a page is left (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;
const NORMAL = 1000;
/** Frames of one client that are on their way to others at once; those behind them wait in the socket's inbox. */
export const MAX_IN_FLIGHT = 64;

/** Peers that a client is told of once; beyond it, it is told again. */
const MAX_REFUSED_PEERS = 64;

/** One PeerJS client: joins under its id, then passes on what it says to others by theirs. */
export class PeerjsClient implements BridgeClient, NameHolder {
  private readonly joining: Promise<void>;
  private self: Admitted | undefined;
  private over = false;
  private isIn = false;
  /** The last frame to each peer that is still under way. Peers do not wait for each other: their order is their own. */
  private readonly queues = new Map<string, Promise<void>>();
  private inFlight = 0;
  /** Peers that this client was told do not get its frames, until it makes them an offer again. */
  private readonly refusedPeers = new Set<string>();

  constructor(
    private readonly socket: BridgeSocket,
    private readonly names: NameRouter,
    private readonly counters: PeerjsCounters,
    admitted: Promise<Admitted | Rejected>,
  ) {
    this.joining = admitted.then((result) => this.join(result)).catch(() => this.endAbruptly());
  }

  receive(text: string): void | Promise<void> {
    return this.isIn ? this.handle(text) : this.joining.then(() => this.handle(text));
  }

  private handle(text: string): void | Promise<void> {
    const frame = readFrame(text);
    if (frame === 'heartbeat' || this.self === undefined) return;
    if (frame === undefined) {
      this.counters.badFrames += 1;
      return;
    }
    if (frame.dst === undefined) {
      if (frame.type === 'LEAVE') this.socket.close(NORMAL, 'left');
      return;
    }
    const sent = this.inOrder(frame.dst, this.self, frame as Relay & { dst: string });
    return this.inFlight < MAX_IN_FLIGHT ? undefined : sent;
  }

  private inOrder(dst: string, self: Admitted, frame: Relay & { dst: string }): Promise<void> {
    const before = this.queues.get(dst) ?? Promise.resolve();
    this.inFlight += 1;
    const sent: Promise<void> = before
      .then(() => this.relay(frame, self))
      .catch(() => this.endAbruptly())
      .finally(() => {
        this.inFlight -= 1;
        if (this.queues.get(dst) === sent) this.queues.delete(dst);
      });
    this.queues.set(dst, sent);
    return sent;
  }

  closed(): void {
    this.over = true;
    this.names.release(this.socket.connection);
  }

  opened(waiting: readonly string[]): void {
    this.counters.joins += 1;
    this.isIn = true;
    this.socket.send(OPEN);
    // Their senders count them as delivered, and will not say them again.
    for (const frame of waiting) this.socket.push(frame);
  }

  /** False to a reader who is behind: the sender is told, and no sender can close another client's socket. */
  deliver(frame: string, kept = false): boolean {
    if (kept) {
      this.socket.push(frame);
      return true;
    }
    const taken = this.socket.send(frame);
    if (!taken) this.counters.lost += 1;
    return taken;
  }

  lost(): void {
    this.socket.close(CLOSE_CODES.superseded, 'a newer socket took this id over');
  }

  expired({ name }: NameKey): void {
    this.counters.expired += 1;
    if (this.self !== undefined) this.socket.send(expireFrame(name, this.self.id));
  }

  /** The client has no other message for it, and one for each attempt to connect is enough. */
  refused(to: NameKey): void {
    if (this.refusedPeers.has(to.name)) return;
    if (this.refusedPeers.size >= MAX_REFUSED_PEERS) this.refusedPeers.clear();
    this.refusedPeers.add(to.name);
    this.expired(to);
  }

  private async join(result: Admitted | Rejected): Promise<void> {
    if (this.over) return;
    if ('frame' in result) {
      this.counters.refused += 1;
      return result.frame === undefined ? this.endAbruptly() : this.reject(result.frame, CLOSE_CODES.tokenInvalid);
    }
    if (!this.socket.admit(result.principal))
      return this.reject(errorFrame('Server has reached its concurrent user limit'), CLOSE_CODES.rateLimited);
    this.self = result;
    const { tenant, id: name, proof } = result;
    const isOurs = await this.names.claim({ tenant, name }, { connection: this.socket.connection, proof }, this);
    if (isOurs || this.over) return;
    this.counters.taken += 1;
    this.reject(ID_TAKEN, GOING_AWAY);
  }

  private async relay(frame: Relay & { dst: string }, { tenant, id }: Admitted): Promise<void> {
    const body = relayFrame(frame, id);
    if (body === undefined) {
      this.counters.badFrames += 1;
      return;
    }
    const { type, dst: name } = frame;
    if (type === 'OFFER') this.refusedPeers.delete(name);
    const sent = isPeerId(name)
      ? await this.names.send({ tenant, name }, this.socket.connection, body, type !== 'LEAVE')
      : 'refused';
    this.counters.relayed += 1;
    // Nobody can come, or the peer is behind: why wait. Who leaves needs no answer.
    if (sent === 'refused' && type !== 'LEAVE') this.refused({ tenant, name });
  }

  private reject(saying: string, code: number): void {
    this.self = undefined;
    this.socket.send(saying);
    this.socket.close(code, 'refused');
  }

  /** Without a word: the client may come again. */
  private endAbruptly(): void {
    this.self = undefined;
    this.socket.close(CLOSE_CODES.unavailable, 'the service is unavailable');
  }
}
