import { createRequire } from 'node:module';
import { createClock } from '@sinonjs/fake-timers';
import { Random } from './random.js';

/** A process, or a page: what runs, stands still and dies as one. Its timers and what comes in belong to it. */
export class Actor {
  alive = true;
  /** Nothing of it runs (SIGSTOP, a stalled event loop); what is due waits. */
  stopped = false;
  /** Its timers sleep, and what comes in is handled (a hidden tab). */
  asleep = false;
  readonly due: (() => void)[] = [];

  constructor(readonly name: string) {}
}

const GLOBALS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'performance',
] as const;

const realImmediate = globalThis.setImmediate;
const realNow = Date.now;
const settled = (): Promise<void> => new Promise((resolve) => realImmediate(resolve));
const crypto = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto');
const { syncBuiltinESMExports } = createRequire(import.meta.url)('node:module') as typeof import('node:module');

/**
 * Virtual time for a whole process, and who is running in it. One timer fires at a time, then all promises settle: so
 * whatever happens until the next timer was caused by this one, and belongs to the same actor.
 */
export class World {
  readonly random: Random;
  /** Exceptions that nobody caught. */
  readonly errors: unknown[] = [];
  /** Called after each step, with whose it was. */
  afterStep: (actor: Actor) => void = () => {};
  steps = 0;
  private readonly clock = createClock(0, Number.MAX_SAFE_INTEGER);
  private readonly root = new Actor('world');
  private current = this.root;
  private readonly saved = new Map<string, PropertyDescriptor | undefined>();
  private readonly restoreCrypto: () => void;
  private readonly cleared = new WeakSet<object>();

  constructor(seed: number) {
    this.random = new Random(seed);
    for (const name of GLOBALS) this.saved.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    this.set('setTimeout', (run: () => void, ms = 0) => this.schedule('setTimeout', run, ms));
    this.set('setInterval', (run: () => void, ms = 0) => this.schedule('setInterval', run, ms));
    this.set('setImmediate', (run: () => void) => this.schedule('setImmediate', run, 0));
    for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const)
      this.set(name, (timer: any) => {
        this.clock[name](timer);
        // It may be due already, and wait for its actor.
        if (typeof timer === 'object' && timer !== null) this.cleared.add(timer);
      });
    this.set('performance', { now: () => this.clock.now });
    Date.now = () => 1_800_000_000_000 + this.clock.now;
    this.restoreCrypto = this.seedCrypto();
  }

  get now(): number {
    return this.clock.now;
  }

  /** Who is running. */
  get running(): Actor {
    return this.current;
  }

  /** The keys that clients make come from here, so that one can be made twice. */
  nextKey: Buffer | undefined;

  /** Runs something as somebody, so many milliseconds from now. */
  at(actor: Actor, delayMs: number, run: () => void): void {
    this.clock.setTimeout(() => this.fire(actor, run), Math.max(0, Math.round(delayMs)));
  }

  /** The same, as the world's own hand. */
  later(delayMs: number, run: () => void): void {
    this.at(this.root, delayMs, run);
  }

  /** Begins something as somebody, right now and within this step. */
  as<Result>(actor: Actor, run: () => Result): Result {
    this.current = actor;
    return run();
  }

  kill(actor: Actor): void {
    actor.alive = false;
    actor.due.length = 0;
  }

  stop(actor: Actor): void {
    actor.stopped = true;
  }

  /** Goes on with what was due meanwhile, in its order. */
  go(actor: Actor): void {
    actor.stopped = false;
    this.wake(actor);
  }

  /** Its timers that are due run now, also when it goes on sleeping. */
  wake(actor: Actor): void {
    for (const run of actor.due.splice(0)) this.at(actor, 0, run);
  }

  /** Runs until this moment. */
  async run(until: number): Promise<void> {
    let ended = false;
    this.clock.setTimeout(() => {
      ended = true;
    }, until - this.clock.now);
    while (!ended) {
      this.clock.next();
      await settled();
      this.afterStep(this.current);
      this.current = this.root;
      this.steps += 1;
    }
  }

  /** Gives the process its own time back. */
  close(): void {
    for (const [name, descriptor] of this.saved)
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor);
    Date.now = realNow;
    this.restoreCrypto();
  }

  private schedule(kind: 'setTimeout' | 'setInterval' | 'setImmediate', run: () => void, ms: number): unknown {
    const actor = this.current;
    let waits = false;
    const once = () => {
      waits = false;
      if (!this.cleared.has(timer)) run();
    };
    const timer: any = this.clock[kind](() => {
      if (!actor.alive) {
        if (kind === 'setInterval') this.clock.clearInterval(timer);
      } else if (actor.stopped || (actor.asleep && kind !== 'setImmediate')) {
        // An interval that is late runs once, however late it is.
        if (!waits) actor.due.push(once);
        waits = true;
      } else this.fire(actor, run);
    }, ms as never);
    return timer;
  }

  private fire(actor: Actor, run: () => void): void {
    if (!actor.alive) return;
    if (actor.stopped) {
      actor.due.push(run);
      return;
    }
    this.current = actor;
    try {
      run();
    } catch (error) {
      this.errors.push(error);
    }
  }

  private set(name: (typeof GLOBALS)[number], value: unknown): void {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  }

  /** Ids decide nothing; but a run that is repeated should have the same ones. */
  private seedCrypto(): () => void {
    const { randomBytes } = crypto;
    const original = globalThis.crypto.getRandomValues;
    crypto.randomBytes = ((count: number) => this.random.bytes(count)) as typeof randomBytes;
    syncBuiltinESMExports();
    globalThis.crypto.getRandomValues = ((array: Uint8Array) => {
      const key = array.length === 32 ? this.nextKey : undefined;
      this.nextKey = array.length === 32 ? undefined : this.nextKey;
      array.set(key ?? this.random.bytes(array.length));
      return array;
    }) as typeof original;
    return () => {
      crypto.randomBytes = randomBytes;
      syncBuiltinESMExports();
      globalThis.crypto.getRandomValues = original;
    };
  }
}
