import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../auth/auth.guard.js';
import type { Config, RatesConfig } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { type Rate, RateLimiter } from '../rate-limit/rate-limiter.js';
import { networkOf } from './client-address.js';

/** The rate limits that this guard applies. */
type RestRate = Exclude<keyof RatesConfig, 'address' | 'metrics' | 'room'>;

/** Public routes that are worth abusing, and their limits per address. */
const BY_ADDRESS: Readonly<Record<string, RestRate>> = {
  'POST /v1/auth/register': 'register',
  'POST /v1/auth/login': 'login',
  'POST /v1/auth/guest': 'guest',
  'POST /v1/auth/refresh': 'refresh',
};

/** Rate limiter of REST, per address and per user. Runs after AuthGuard, which identifies the user. */
@Injectable()
export class RateGuard implements CanActivate {
  private readonly rates: Readonly<Record<RestRate, Rate>>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly limiter: RateLimiter,
  ) {
    const { register, login, guest, refresh, user, search } = config.rates;
    this.rates = {
      register: { name: 'register', ...register },
      login: { name: 'login', ...login },
      guest: { name: 'guest', ...guest },
      refresh: { name: 'refresh', ...refresh },
      user: { name: 'user', ...user },
      search: { name: 'search', ...search },
    };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const name = BY_ADDRESS[`${request.method} ${request.routeOptions.url}`];
    if (name !== undefined) await this.take(this.rates[name], networkOf(request.ip));
    if (request.principal === undefined) return true;
    await this.take(this.rates.user, request.principal.user);
    if (isSearch(request)) await this.take(this.rates.search, request.principal.user);
    return true;
  }

  private async take(rate: Rate, who: string): Promise<void> {
    const waitMs = await this.limiter.take(rate, who);
    if (waitMs > 0) throw new ProtocolError('rate_limited', undefined, { retryAfterMs: waitMs });
  }
}

/** Whether a request searches rooms by name, which costs the database more than a list. */
const isSearch = ({ method, routeOptions, query }: FastifyRequest): boolean =>
  method === 'GET' && routeOptions.url === '/v1/rooms' && Boolean((query as { search?: unknown }).search);
