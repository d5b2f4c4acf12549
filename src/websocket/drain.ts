import type { Drain as DrainMessage } from '@parley/protocol';
import type { DrainConfig } from '../config/config.js';

/** Nobody is asked in the last part of the time: who is has to come through a handshake and a join. */
const LATEST = 0.85;

/** Somebody who has to be elsewhere before the node ends. */
export interface Drainable {
  /** Asks or makes them go. */
  move(): void;
}

/** A session of the core: it is asked to move, and goes by itself. */
export interface DrainableSession {
  readonly state: string;
  send(message: DrainMessage): void;
}

/** The sessions of this node. */
export interface DrainableSessions {
  readonly all: readonly DrainableSession[];
  readonly size: number;
}

/** Sockets beside the sessions. */
export interface DrainableGroup {
  readonly all: readonly Drainable[];
  readonly size: number;
}

/**
 * How a node goes away without anybody noticing: not ready → the load balancer's time → no new sockets →
 * each session is asked to move at a random moment → what is left is closed by the caller.
 */
export class Drain {
  /** From the moment that the node is not ready any more. */
  started = false;
  /** From the moment that new sockets are answered with 503. */
  refusing = false;
  private readonly groups: DrainableGroup[] = [];

  constructor(
    private readonly config: DrainConfig,
    private readonly registry: DrainableSessions,
    private readonly random: () => number = Math.random,
  ) {}

  /** These are moved with the sessions. */
  add(group: DrainableGroup): void {
    this.groups.push(group);
  }

  /** Resolves when no session is left, or at the deadline. */
  async run(): Promise<void> {
    this.started = true;
    await delay(this.config.graceMs);
    this.refusing = true;
    const others = this.groups.flatMap(({ all }) => all);
    const asked = [
      ...this.registry.all.map((session) => this.ask(session)),
      ...others.map((other) => this.later().then(() => other.move())),
    ];
    const deadline = delay(this.timeLeftMs);
    await Promise.race([deadline, Promise.all(asked).then(() => this.allGone())]);
  }

  private get timeLeftMs(): number {
    return Math.max(0, this.config.deadlineMs - this.config.graceMs);
  }

  private async ask(session: DrainableSession): Promise<void> {
    const afterMs = await this.later();
    if (session.state !== 'on') return;
    session.send({ type: 'drain', deadlineMs: Math.ceil(this.timeLeftMs - afterMs), reconnectAfterMs: 0 });
  }

  /** A random moment within the spread. @returns how long it took to come */
  private async later(): Promise<number> {
    const afterMs = this.random() * Math.min(this.config.spreadMs, this.timeLeftMs * LATEST);
    await delay(afterMs);
    return afterMs;
  }

  private async allGone(): Promise<void> {
    while (this.registry.size > 0 || this.groups.some(({ size }) => size > 0)) await delay(100);
  }
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
