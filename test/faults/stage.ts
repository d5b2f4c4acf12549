import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { check } from '../history/checker.js';
import { merge, Recorder } from '../history/recorder.js';
import type { Violation } from '../history/verdict.js';
import { until } from '../support/until.js';
import { type Client, Clients } from './clients.js';
import { Fleet, type NodeSlot } from './fleet.js';
import { FaultProxy } from './proxy.js';

/** Nodes and clients for the tests of one file, and the judge of their history. */
export class Stage {
  fleet!: Fleet;
  clients!: Clients;
  private notes = new Recorder();
  private proxies: FaultProxy[] = [];

  /** Starts clients in a new room, the first on the first node and so on, and waits until all see each other. */
  async room(count: number): Promise<Client[]> {
    const account = await this.fleet.account();
    const clients: Client[] = [];
    for (let n = 0; n < count; n += 1) clients.push(await this.connect(account, this.fleet.slot(n)));
    for (const client of clients) {
      await client.until(
        ({ roster }) => Object.values(roster ?? {}).filter((state) => state === 'on').length === count,
      );
    }
    return clients;
  }

  /** Starts a client on this node. @param url of another path to the load balancer */
  async connect(account: { token: string; room: string }, slot: NodeSlot, url = this.fleet.url): Promise<Client> {
    this.fleet.only = slot;
    try {
      return await this.clients.open({ ...account, url });
    } finally {
      this.fleet.only = undefined;
    }
  }

  /** Moves a client's socket to this node. */
  async move(client: Client, slot: NodeSlot): Promise<void> {
    this.fleet.only = slot;
    try {
      await client.command('cut');
      await client.until(({ attached, node }) => attached && this.fleet.slotOf(node) === slot);
    } finally {
      this.fleet.only = undefined;
    }
  }

  /** Makes a client's own path to the load balancer. */
  async line(): Promise<FaultProxy & { readonly url: string }> {
    const proxy = await FaultProxy.start(() => [{ host: '127.0.0.1', port: this.fleet.balancer.port }]);
    this.proxies.push(proxy);
    return Object.assign(proxy, { url: `http://127.0.0.1:${proxy.port}` });
  }

  /** Finds the slot of a client's node. */
  async slotOf(client: Client): Promise<NodeSlot> {
    return this.fleet.slotOf((await client.view()).node);
  }

  /** Records a fault for the judge; after `redis_empty` and `redis_failover`, the store may have lost writes. */
  note(name: string, phase: 'start' | 'stop' = 'start', target?: readonly string[]): void {
    this.notes.add({ kind: 'fault', name, phase, ...(target && { target }) });
  }

  /** Waits until every signal has its result and every client is back, then checks every invariant. */
  async judge(): Promise<void> {
    await until(async () => (await this.clients.views()).every((view) => view.waiting === 0 && view.attached), 60_000);
    this.notes.add({ kind: 'over' });
    expect(this.violations()).toEqual([]);
    expect(this.fleet.output).not.toMatch(/unhandledRejection|uncaughtException|a handler failed/);
  }

  violations(): readonly Violation[] {
    return check(merge(this.clients.history(), this.notes.events)).violations;
  }

  /** Removes all faults and waits for every node, between two tests. */
  async reset(): Promise<void> {
    await this.clients?.stop();
    await Promise.all(this.proxies.splice(0).map((proxy) => proxy.stop()));
    await this.fleet.heal();
    if (!(await this.fleet.redis.command('ping').catch(() => false))) await this.fleet.redis.restart();
    await Promise.all(this.fleet.slots.filter(({ node }) => node === undefined).map((slot) => this.fleet.boot(slot)));
    await this.fleet.whenReady();
  }

  begin(): void {
    this.clients = new Clients(2);
    this.notes = new Recorder();
  }
}

/** Makes a stage for the tests of the calling file. */
export const useStage = (options: Parameters<typeof Fleet.start>[0]): Stage => {
  const stage = new Stage();
  beforeAll(async () => {
    stage.fleet = await Fleet.start(options);
  }, 120_000);
  beforeEach(() => stage.begin());
  afterEach(() => stage.reset(), 60_000);
  afterAll(() => stage.fleet?.stop(), 60_000);
  return stage;
};
