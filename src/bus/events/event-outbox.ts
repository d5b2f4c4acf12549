import { Inject, Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { type Bus, BusUnavailable, type Fact } from '../bus.js';
import { BUS } from '../bus.tokens.js';

const AGAIN_MS = 1_000;
/** Facts that may wait for the bus; the oldest gives way. */
const MOST_WAITING = 10_000;

/**
 * Tells facts that are in the database already. While the bus is away they wait here and are told in their
 * order when it is back: what was decided stays decided, and the request that decided it is answered.
 */
@Injectable()
export class Announcer implements OnModuleDestroy {
  private readonly log = new Logger('Announcer');
  private waiting: Fact[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(BUS) private readonly bus: Bus) {}

  async tell(fact: Fact): Promise<void> {
    if (this.waiting.length === 0 && (await this.tried(fact))) return;
    this.waiting.push(fact);
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    this.timer ??= setTimeout(() => void this.tellWaiting(), AGAIN_MS).unref();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    if (this.waiting.length > 0) this.log.error(`${this.waiting.length} facts were never told to the other nodes`);
  }

  private async tellWaiting(): Promise<void> {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (!(await this.tried(next))) {
        this.timer = setTimeout(() => void this.tellWaiting(), AGAIN_MS).unref();
        return;
      }
      // The list may have lost its head to its bound meanwhile.
      if (this.waiting[0] === next) this.waiting.shift();
    }
    this.timer = undefined;
  }

  private async tried(fact: Fact): Promise<boolean> {
    try {
      await this.bus.announce(fact);
      return true;
    } catch (error) {
      if (!(error instanceof BusUnavailable)) throw error;
      this.log.warn(`${fact.fact} waits for the bus`);
      return false;
    }
  }
}
