import { MemoryPresence } from '../../src/presence/memory/presence.memory.js';
import {
  type AttachRequest,
  type AttachResult,
  type Change,
  type Presence,
  PresenceUnavailable,
} from '../../src/presence/presence.js';
import type { SimulatedStore } from './simulated-store.js';
import type { Actor, World } from './world.js';

const COMMAND_MS = 500;

/** What the store's own clock did, whoever asked for it and whether or not they heard. */
export type StoreListener = (change: Change) => void;

/**
 * One node's way to the store: commands take time, in order; one that is given up after half a second may be executed
 * all the same, and much later.
 */
export class SimulatedPresence implements Presence {
  /** This node alone is cut off. */
  cut = false;
  /** Commands that are under way or wait. */
  waiting = 0;
  /** For a mutant: commands wait until the store is back. */
  static queueOffline = false;
  private last = 0;
  private readonly inner: MemoryPresence;

  constructor(
    private readonly world: World,
    private readonly actor: Actor,
    private readonly store: SimulatedStore,
    private readonly heard: StoreListener,
  ) {
    this.inner = new MemoryPresence(store.inner);
  }

  get stats() {
    return this.inner.stats;
  }

  attach(request: AttachRequest): Promise<AttachResult> {
    const copy = structuredClone(request);
    return this.ask(async () => {
      const result = await this.inner.attach(copy);
      return result;
    });
  }
  detach(...args: Parameters<Presence['detach']>) {
    return this.ask(() => this.inner.detach(...args));
  }
  leave(...args: Parameters<Presence['leave']>) {
    return this.ask(() => this.inner.leave(...args));
  }
  update(...args: Parameters<Presence['update']>) {
    return this.ask(() => this.inner.update(...args));
  }
  count(...args: Parameters<Presence['count']>) {
    return this.ask(() => this.inner.count(...args));
  }
  find(...args: Parameters<Presence['find']>) {
    return this.ask(() => this.inner.find(...args));
  }
  snapshot(...args: Parameters<Presence['snapshot']>) {
    return this.ask(() => this.inner.snapshot(...args));
  }
  clear(...args: Parameters<Presence['clear']>) {
    return this.ask(() => this.inner.clear(...args));
  }
  reconcile(...args: Parameters<Presence['reconcile']>) {
    return this.ask(() => this.inner.reconcile(...args));
  }
  renew(...args: Parameters<Presence['renew']>) {
    return this.ask(() => this.inner.renew(...args));
  }
  retire(...args: Parameters<Presence['retire']>) {
    return this.ask(() => this.inner.retire(...args));
  }
  nodes() {
    return this.ask(() => this.inner.nodes());
  }
  sweep() {
    return this.ask(() => this.inner.sweep());
  }

  get available(): boolean {
    return !this.cut && !this.store.down;
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private ask<Result>(act: () => Promise<Result>): Promise<Result> {
    if (!this.available && !SimulatedPresence.queueOffline)
      return Promise.reject(new PresenceUnavailable('The store is away.'));
    const { world, actor, store } = this;
    this.waiting += 1;
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new PresenceUnavailable('The store did not answer.')), COMMAND_MS);
      const answer = (reply: () => void) => {
        if (store.repliesLost || this.cut) return;
        world.at(actor, this.wayMs, () => {
          clearTimeout(giveUp);
          reply();
        });
      };
      this.execute(act, answer, resolve, reject);
    });
  }

  private execute<Result>(
    act: () => Promise<Result>,
    answer: (reply: () => void) => void,
    resolve: (result: Result) => void,
    reject: (error: unknown) => void,
  ): void {
    const { world, store } = this;
    // One connection: commands are executed in the order in which they were asked.
    this.last = Math.max(this.last, world.now + this.wayMs, store.pausedUntil);
    world.later(this.last - world.now, () => {
      if (SimulatedPresence.queueOffline && !this.available) {
        world.later(250, () => this.execute(act, answer, resolve, reject));
        return;
      }
      this.waiting -= 1;
      if (store.down) return answer(() => reject(new PresenceUnavailable('The store went away.')));
      act().then(
        (result) => {
          for (const change of changesOf(result)) this.heard(change);
          answer(() => resolve(result));
        },
        (error) => answer(() => reject(error)),
      );
    });
  }

  private get wayMs(): number {
    return Math.round(this.store.latencyMs * (1 + this.world.random.next()));
  }
}

const changesOf = (result: unknown): readonly Change[] => {
  if (Array.isArray(result)) return result.filter((one): one is Change => one?.events !== undefined);
  if (typeof result !== 'object' || result === null) return [];
  if ('change' in result) return changesOf((result as { change: unknown }).change);
  return 'events' in result ? [result as Change] : [];
};
