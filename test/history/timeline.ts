import { CUT_OFF, DATA_LOSS, type EventOf, type HistoryEvent, type Result, SECOND_HOLDER, UNDONE } from './history.js';
import type { Interval } from './intervals.js';

/** One signal, with everything that was written about it. */
export interface Signal {
  readonly send: EventOf<'send'>;
  /** Its place among the signals of its pair: the order in which the SDK took them. */
  readonly order: number;
  readonly outs: EventOf<'out'>[];
  readonly deliveries: EventOf<'dlv'>[];
  readonly deniedAt: number[];
}

/** One peer's life. */
export interface PeerLifetime {
  readonly peer: string;
  readonly user: string;
  readonly room: string;
  readonly session: string;
  readonly bornAt: number;
  /** When its application asked for this peer; undefined: it did not, the SDK did so by itself. */
  readonly askedAt: number | undefined;
  /** When it was over by anyone's word; infinite while it is not. */
  endedAt: number;
  endedWhy: string | undefined;
  crashedAt: number;
  /** When its client was attached. */
  readonly attached: Interval[];
}

/** A history put in order for the rules: signals, lives, faults. */
export class Timeline {
  readonly signals = new Map<string, Signal>();
  readonly deliveries: EventOf<'dlv'>[] = [];
  readonly strayOuts: EventOf<'out'>[] = [];
  readonly lifetimes = new Map<string, PeerLifetime>();
  readonly ends: EventOf<'end'>[] = [];
  readonly rosters = new Map<string, EventOf<'roster'>[]>();
  readonly seen: EventOf<'seen'>[] = [];
  readonly sockets: EventOf<'socket'>[] = [];
  readonly sizes: EventOf<'size'>[] = [];
  readonly keys: EventOf<'key'>[] = [];
  readonly reloads: EventOf<'reload'>[] = [];
  readonly removals: EventOf<'removal'>[] = [];
  readonly unbans: EventOf<'unban'>[] = [];
  readonly roles: EventOf<'role'>[] = [];
  readonly waits: EventOf<'waiting'>[] = [];
  readonly answers: EventOf<'answered'>[] = [];
  readonly refusals: (EventOf<'refused'> & { readonly askedAt: number })[] = [];
  readonly locks: EventOf<'lock'>[] = [];
  readonly deletions: EventOf<'deleted'>[] = [];
  readonly cancels: EventOf<'cancelled'>[] = [];
  readonly bridges = new Map<string, EventOf<'bridged'>>();
  readonly said = new Map<string, EventOf<'said'>>();
  readonly heard: EventOf<'heard'>[] = [];
  readonly faults: { readonly name: string; readonly target: readonly string[] | undefined; readonly at: Interval }[] =
    [];
  /** When the faults were over, and when the run was. */
  quietAt = Number.POSITIVE_INFINITY;
  overAt = 0;
  private readonly asked = new Map<string, number>();
  private readonly open = new Map<string, number>();
  private readonly orders = new Map<string, number>();

  constructor(events: readonly HistoryEvent[]) {
    // What was said of a signal before it was sent must be found too.
    for (const event of events) {
      if (event.kind === 'send') this.sent(event);
      if (event.kind === 'said') this.said.set(event.id, event);
    }
    for (const event of events) {
      this.overAt = Math.max(this.overAt, event.t);
      this.take(event);
    }
    for (const [peer, since] of this.open) this.lifetimes.get(peer)?.attached.push([since, this.overAt]);
    for (const fault of [...this.running.values()].flat()) this.faulty(fault, this.overAt);
  }

  /** When something was wrong that touches one of these peers. */
  faultsOn(...peers: readonly string[]): Interval[] {
    const names = new Set(peers.flatMap((peer) => [peer, this.lifetimes.get(peer)?.user ?? peer]));
    return this.faults
      .filter(({ target }) => target === undefined || target.some((one) => names.has(one)))
      .map(({ at }) => at);
  }

  /** Whether another holder of this peer's key was there. */
  isContested(peer: string): boolean {
    return this.touchedBy(SECOND_HOLDER, peer);
  }

  touchedBy(name: string, peer: string): boolean {
    const user = this.lifetimes.get(peer)?.user;
    return this.faults.some(
      (fault) =>
        fault.name === name && (fault.target === undefined || fault.target.some((one) => one === peer || one === user)),
    );
  }

  /** Since when the store had lost data, at this moment; infinite: it had not. */
  lossBefore(t: number): number {
    const losses = this.faults.filter(({ name, at }) => DATA_LOSS.has(name) && at[0] <= t);
    return Math.min(...losses.map(({ at }) => at[0]));
  }

  /** When the store lost data last, at this moment; minus infinity: it never had. */
  lastLossBefore(t: number): number {
    const losses = this.faults.filter(({ name, at }) => DATA_LOSS.has(name) && at[0] <= t);
    return Math.max(...losses.map(({ at }) => at[0]));
  }

  /** Whether the store had lost data before this moment. */
  lostDataBefore(t: number): boolean {
    return this.lossBefore(t) <= t;
  }

  /**
   * Whether a peer was let in again later than this: where the store has lost the tombstone, a user who may enter again
   * does so as the same peer.
   */
  isBackAfter(peer: string, t: number): boolean {
    const attached = this.lifetimes.get(peer)?.attached ?? [];
    return attached.some(([from]) => from > t && this.lostDataBefore(from));
  }

  /** Whether there was a node that could not reach the store within this time. */
  hadCutNode([from, to]: Interval): boolean {
    return this.faults.some(({ name, at }) => name === CUT_OFF && at[0] <= to && at[1] >= from);
  }

  /** Clients that are there at the end, each as the peer that it was last. */
  get survivors(): PeerLifetime[] {
    const last = new Map<string, PeerLifetime>();
    for (const lifetime of this.lifetimes.values()) last.set(`${lifetime.user} ${lifetime.room}`, lifetime);
    return [...last.values()].filter(
      ({ crashedAt, endedAt, endedWhy }) =>
        crashedAt === Number.POSITIVE_INFINITY && (endedAt === Number.POSITIVE_INFINITY || endedWhy === 'expired'),
    );
  }

  /** Faults that have not stopped, by name and target, the earliest first: two of a kind may overlap. */
  private readonly running = new Map<string, EventOf<'fault'>[]>();

  private take(event: HistoryEvent): void {
    switch (event.kind) {
      case 'live':
        return this.born(event);
      case 'denied':
        this.signals.get(event.id)?.deniedAt.push(event.t);
        return;
      case 'out': {
        const signal = this.signals.get(event.id);
        if (signal === undefined) this.strayOuts.push(event);
        else signal.outs.push(event);
        return;
      }
      case 'dlv':
        this.deliveries.push(event);
        this.signals.get(event.id)?.deliveries.push(event);
        return;
      case 'end':
        return this.ended(event);
      case 'crash': {
        const lifetime = this.lifetimes.get(event.peer);
        if (lifetime !== undefined) lifetime.crashedAt = Math.min(lifetime.crashedAt, event.t);
        // It cannot write down that it is attached no more.
        return this.attach({ ...event, kind: 'attached', on: false });
      }
      case 'roster': {
        const rosters = this.rosters.get(event.peer) ?? [];
        rosters.push(event);
        this.rosters.set(event.peer, rosters);
        return;
      }
      case 'seen':
        this.seen.push(event);
        return;
      case 'socket':
        this.sockets.push(event);
        return;
      case 'attached':
        return this.attach(event);
      case 'fault':
        return this.fault(event);
      case 'size':
        this.sizes.push(event);
        return;
      case 'key':
        this.keys.push(event);
        return;
      case 'asked':
        this.asked.set(`${event.user} ${event.room}`, event.t);
        return;
      case 'cancelled':
        this.cancels.push(event);
        return;
      case 'reload':
        this.reloads.push(event);
        return;
      case 'removal':
        this.removals.push(event);
        return;
      case 'refused':
        this.refusals.push({ ...event, askedAt: this.asked.get(`${event.user} ${event.room}`) ?? event.t });
        return;
      case 'unban':
        this.unbans.push(event);
        return;
      case 'waiting':
        this.waits.push(event);
        return;
      case 'answered':
        this.answers.push(event);
        return;
      case 'role':
        this.roles.push(event);
        return;
      case 'lock':
        this.locks.push(event);
        return;
      case 'deleted':
        this.deletions.push(event);
        return;
      case 'bridged':
        this.bridges.set(event.client, event);
        return;
      case 'heard':
        this.heard.push(event);
        return;
      case 'quiet':
        this.quietAt = event.t;
        return;
      case 'send':
      case 'said':
      case 'over':
        return;
    }
  }

  private sent(send: EventOf<'send'>): void {
    const pair = `${send.from} ${send.to}`;
    const order = (this.orders.get(pair) ?? 0) + 1;
    this.orders.set(pair, order);
    this.signals.set(send.id, { send, order, outs: [], deliveries: [], deniedAt: [] });
  }

  private born({ peer, user, room, session, t }: EventOf<'live'>): void {
    if (this.lifetimes.has(peer)) return;
    this.lifetimes.set(peer, {
      ...{ peer, user, room, session, bornAt: t, attached: [] },
      // A session that ended is let in again by the SDK, and its application asked for nothing.
      askedAt: this.askedFor(user, room),
      ...{ endedAt: Number.POSITIVE_INFINITY, endedWhy: undefined, crashedAt: Number.POSITIVE_INFINITY },
    });
  }

  private askedFor(user: string, room: string): number | undefined {
    const key = `${user} ${room}`;
    const at = this.asked.get(key);
    this.asked.delete(key);
    return at;
  }

  private ended(event: EventOf<'end'>): void {
    this.ends.push(event);
    const lifetime = this.lifetimes.get(event.peer);
    if (lifetime === undefined || event.why === UNDONE) return;
    lifetime.endedAt = Math.min(lifetime.endedAt, event.t);
    // Who expired comes back as another peer, but not who left.
    if (lifetime.endedWhy === undefined || lifetime.endedWhy === 'expired') lifetime.endedWhy = event.why;
  }

  private attach({ peer, on, t }: EventOf<'attached'>): void {
    const since = this.open.get(peer);
    if (on && since === undefined) this.open.set(peer, t);
    if (on || since === undefined) return;
    this.open.delete(peer);
    this.lifetimes.get(peer)?.attached.push([since, t]);
  }

  private fault(event: EventOf<'fault'>): void {
    const key = `${event.name} ${event.target?.join(' ') ?? ''}`;
    const running = this.running.get(key) ?? [];
    this.running.set(key, running);
    if (event.phase === 'start') return void running.push(event);
    // Which of several that overlap has stopped does not matter: every choice covers the same time.
    const started = running.shift();
    if (started !== undefined) this.faulty(started, event.t);
  }

  private faulty({ name, target, t }: EventOf<'fault'>, until: number): void {
    this.faults.push({ name, target, at: [t, until] });
  }
}

/** The result that counts: the first. */
export const resultOf = (signal: Signal): Result | undefined => signal.outs[0]?.result;
