import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '../history/history.js';
import { merge, parseHistory } from '../history/recorder.js';
import { until } from '../support/until.js';
import { DriverProcess } from './driver-process.js';

/** One room as a client observes it. */
export interface RoomView {
  readonly room: string;
  readonly self: string;
  readonly attached: boolean;
  readonly roster: Readonly<Record<string, 'on' | 'away'>>;
}

/** How a client's user gets tokens: the options of client-driver/token.mjs. */
export interface TokenTerms {
  readonly secret: string;
  readonly seconds: number;
  readonly slowMs: number;
  readonly failing: number;
}

/** The state of an SDK client; fields about a room are about its first one. */
export interface ClientView {
  readonly name: string;
  readonly dead: boolean;
  readonly state: string;
  /** Its states so far, in order. */
  readonly states: readonly string[];
  readonly node: string | undefined;
  readonly session: string | undefined;
  readonly self: string | undefined;
  readonly room: string | undefined;
  readonly attached: boolean;
  readonly rooms: readonly RoomView[];
  /** Rooms that its user joins again after a removal. */
  readonly wanted: readonly string[];
  /** Signals without a result. */
  readonly waiting: number;
  readonly epoch: string | undefined;
  readonly version: number | undefined;
  readonly roster: Readonly<Record<string, 'on' | 'away'>> | undefined;
  readonly results: readonly { readonly id: string; readonly result: string; readonly why?: string }[];
  /** Ids of the signals delivered to its application, in order. */
  readonly received: readonly string[];
  /** Its roster events about others: joined, away, back, left. */
  readonly rosterEvents: readonly { readonly event: string; readonly of: string; readonly reason?: string }[];
}

type Driver = DriverProcess & { readonly file: string };

/** SDK clients in their own processes, and the history that they write. */
export class Clients {
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-history-'));
  private readonly drivers: Driver[] = [];
  private readonly all = new Map<string, Client>();
  private count = 0;

  /** @param processes number of processes that the clients are spread over */
  constructor(private readonly processes = 1) {}

  /**
   * Starts a client and waits until it is in the room.
   * @param where `token`: one token, or how it gets tokens under its own name; `stays`: its user joins again
   * after each removal
   */
  async open(where: {
    readonly url: string;
    readonly token: string | TokenTerms;
    readonly room: string;
    readonly stays?: boolean;
  }): Promise<Client> {
    const number = this.count++;
    const driver = this.driver(number % this.processes);
    const client = new Client(`c${number}`, driver);
    const token = typeof where.token === 'string' ? where.token : { ...where.token, user: client.name };
    await client.command('open', { ...where, token });
    // Added only now: a client that is still joining can neither leave nor crash as a peer.
    this.all.set(client.name, client);
    return client;
  }

  get list(): readonly Client[] {
    return [...this.all.values()];
  }

  /** The clients that neither left nor crashed. */
  get alive(): readonly Client[] {
    return this.list.filter(({ over: ended }) => !ended);
  }

  /** Picks a client whose user is idle, and occupies it while `act` runs. */
  async withFree<Value>(pick: number, act: (client: Client) => Promise<Value>): Promise<Value | undefined> {
    const free = this.alive.filter(({ busy }) => !busy);
    const client = free[Math.floor(pick * free.length)];
    if (client === undefined) return undefined;
    client.busy = true;
    return act(client)
      .catch((error) => {
        // A fault may end the client during an action of its user.
        if (client.over) return undefined;
        throw error;
      })
      .finally(() => {
        client.busy = false;
      });
  }

  views(): Promise<ClientView[]> {
    return Promise.all(this.alive.map((client) => client.view()));
  }

  /** Kills the process of these clients (SIGKILL): all of them vanish. */
  async kill(client: Client): Promise<void> {
    const views = await Promise.all(this.alive.filter(({ driver }) => driver === client.driver).map((c) => c.view()));
    await client.driver.kill();
    const now = Number(process.hrtime.bigint()) / 1e6;
    for (const { self } of views) if (self !== undefined) this.crashes.push({ t: now, kind: 'crash', peer: self });
    for (const other of this.list) if (other.driver === client.driver) other.over = true;
  }

  private readonly crashes: HistoryEvent[] = [];

  /** The history of all processes so far, ordered by time. */
  history(): HistoryEvent[] {
    const files = this.drivers.map(({ file }) => (existsSync(file) ? parseHistory(readFileSync(file, 'utf8')) : []));
    return withEnds(merge(...files, this.crashes));
  }

  async stop(): Promise<void> {
    await Promise.all(this.drivers.map((driver) => driver.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private driver(index: number): Driver {
    const known = this.drivers[index];
    if (known?.alive) return known;
    const file = join(this.folder, `history-${this.drivers.length}.jsonl`);
    const driver = Object.assign(new DriverProcess('driver.mjs', [file]), { file });
    if (known === undefined) this.drivers[index] = driver;
    else {
      this.drivers.push(known);
      this.drivers[index] = driver;
    }
    return driver;
  }
}

/** One SDK client, in another process. */
export class Client {
  /** It left, or was killed. */
  over = false;
  /** Its user is performing an action. */
  busy = false;
  private readonly crashed: Promise<never>;
  private onCrash!: () => void;

  constructor(
    readonly name: string,
    readonly driver: Driver,
  ) {
    this.crashed = new Promise((_resolve, reject) => {
      this.onCrash = () => reject(new Error(`${name} crashed.`));
    });
    this.crashed.catch(() => {});
  }

  /** @throws Error if it crashed: pending actions of its page never settle */
  command(what: string, argument: object = {}): Promise<any> {
    return Promise.race([this.driver.command(what, argument, this.name), this.crashed]);
  }

  view(): Promise<ClientView> {
    return this.command('state');
  }

  /** Its own peer id. */
  async self(): Promise<string> {
    return (await this.view()).self as string;
  }

  /** Sends signals; their results are in the view. */
  send(count: number, to?: string, size?: number): Promise<void> {
    return this.command('send', { count, to, size });
  }

  async leave(): Promise<void> {
    this.over = true;
    await this.command('leave');
  }

  /** @param silently true: like a power failure, so that its sockets are not even closed */
  async crash(silently = false): Promise<void> {
    this.over = true;
    await this.driver.command('crash', { silently }, this.name);
    this.onCrash();
  }

  /** Waits until its view satisfies a condition. */
  until(wanted: (view: ClientView) => boolean, withinMs = 60_000): Promise<ClientView> {
    let last: ClientView | undefined;
    return until(async () => {
      last = await this.view();
      return wanted(last) && last;
    }, withinMs).catch((error) => {
      throw new Error(`${(error as Error).message}\n${this.name}: ${JSON.stringify(last)}`);
    });
  }
}

/**
 * A client that crashed or is unreachable does not record when the service ended its peer, so the first client that
 * was notified counts instead. The same holds for the peer of a cancelled join. A client that lives on is not ended by
 * that.
 */
const withEnds = (events: readonly HistoryEvent[]): HistoryEvent[] => {
  const ended = new Set(events.flatMap((e) => (e.kind === 'crash' || e.kind === 'end' ? [e.peer] : [])));
  const live = new Set(events.flatMap((e) => (e.kind === 'live' ? [e.peer] : [])));
  for (const event of events) if (event.kind === 'seen' && !live.has(event.of)) ended.add(event.of);
  const ends: HistoryEvent[] = [];
  for (const event of events) {
    if (event.kind !== 'seen' || event.event !== 'left' || !ended.delete(event.of)) continue;
    ends.push({ t: event.t, kind: 'end', peer: event.of, why: event.reason ?? '' });
  }
  return merge(events, ends);
};
