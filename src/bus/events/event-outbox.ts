import { Inject, Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { type Bus, BusUnavailable, type ClusterEvent } from '../bus.js';
import { BUS } from '../bus.tokens.js';

const RETRY_MS = 1_000;
/** Facts that may wait for the bus; the oldest gives way. */
const MAX_WAITING = 10_000;

/**
 * Tells facts that are in the database already. While the bus is away they wait here and are told in their
 * order when it is back: what was decided stays decided, and the request that decided it is answered.
 */
@Injectable()
export class EventOutbox implements OnModuleDestroy {
  private readonly log = new Logger('EventOutbox');
  private waiting: ClusterEvent[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(BUS) private readonly bus: Bus) {}

  async publish(event: ClusterEvent): Promise<void> {
    if (this.waiting.length === 0 && (await this.tryPublish(event))) return;
    this.waiting.push(event);
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
    this.timer ??= setTimeout(() => void this.publishWaiting(), RETRY_MS).unref();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    if (this.waiting.length > 0) this.log.error(`${this.waiting.length} cluster events were not published`);
  }

  private async publishWaiting(): Promise<void> {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (!(await this.tryPublish(next))) {
        this.timer = setTimeout(() => void this.publishWaiting(), RETRY_MS).unref();
        return;
      }
      // The list may have lost its head to its bound meanwhile.
      if (this.waiting[0] === next) this.waiting.shift();
    }
    this.timer = undefined;
  }

  private async tryPublish(event: ClusterEvent): Promise<boolean> {
    try {
      await this.bus.publish(event);
      return true;
    } catch (error) {
      if (!(error instanceof BusUnavailable)) throw error;
      this.log.warn(`${event.fact} waits for the bus`);
      return false;
    }
  }
}
