import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { RefreshTokensStore } from './refresh-tokens.store.js';

const EVERY_MS = 3_600_000;

/** Removes ended refresh tokens once an hour. */
@Injectable()
export class RefreshTokenSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('RefreshTokenSweeper');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly tokens: RefreshTokensStore) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    try {
      await this.tokens.removeExpired();
    } catch {
      this.log.warn('ended refresh tokens could not be removed; the next round will');
    }
  }
}
