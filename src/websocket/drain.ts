import type { Drain as DrainMessage } from '@parley/protocol';
import type { DrainConfig } from '../config/config.js';

/** The part of the time within which clients are asked to move, so that the last can still connect and join. */
const LATEST = 0.85;

/** A socket that must be gone before the node stops. */
export interface Drainable {
  /** Asks the client to move to another node, or closes its socket. */
  move(): void;
}

/** A signaling session: it is sent `drain` and closes its socket by itself. */
export interface DrainableSession {
  readonly state: string;
  send(message: DrainMessage): void;
}

/** The sessions of this node. */
export interface DrainableSessions {
  readonly all: readonly DrainableSession[];
  readonly size: number;
}

/** Sockets other than signaling sessions. */
export interface DrainableGroup {
  readonly all: readonly Drainable[];
  readonly size: number;
}

/**
 * Drains a node without interrupting its clients: not ready → the load balancer's grace time → no new sockets → each
 * session is asked to move at a random time → the caller closes what is left.
 */
export class Drain {
  /** True once the node reports that it is not ready. */
  started = false;
  /** True once new sockets are refused with 503. */
  refusing = false;
  private readonly groups: DrainableGroup[] = [];

  constructor(
    private readonly config: DrainConfig,
    private readonly registry: DrainableSessions,
    private readonly random: () => number = Math.random,
    /** Whether no other node could take the sessions. */
    private readonly isAlone: () => Promise<boolean> = async () => false,
  ) {}

  /** Adds sockets that are drained together with the sessions. */
  add(group: DrainableGroup): void {
    this.groups.push(group);
  }

  /**
   * Drains the node. Resolves when no socket is left, or at the deadline; at once when there is no other node: the
   * sooner this one is replaced, the sooner its clients are back.
   */
  async run(): Promise<void> {
    this.started = true;
    if (await this.isAlone().catch(() => false)) {
      this.refusing = true;
      return;
    }
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

  /** Waits for a random time within the spread. @returns that time, milliseconds */
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
