import { Inject, Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { type Bus, BusUnavailable, type ClusterEvent } from '../bus.js';
import { BUS } from '../bus.tokens.js';

const RETRY_MS = 1_000;
/** Maximum events that wait for the bus; beyond it the oldest are dropped. */
const MAX_WAITING = 10_000;

/**
 * Publishes events of changes that are committed to the database. While the bus is unavailable they wait here, in
 * order: the change is in force already, so the request that made it succeeds.
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
    if (this.waiting.length > 0)
      this.log.error(
        `Shutting down with ${this.waiting.length} cluster events unpublished; other nodes may act on them late`,
      );
  }

  private async publishWaiting(): Promise<void> {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (!(await this.tryPublish(next))) {
        this.timer = setTimeout(() => void this.publishWaiting(), RETRY_MS).unref();
        return;
      }
      // `publish` may have dropped the event meanwhile, at the limit.
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
      this.log.warn(`Bus unavailable; retrying the cluster event ${event.fact} every ${RETRY_MS} ms`);
      return false;
    }
  }
}
