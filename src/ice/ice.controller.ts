import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ProtocolError } from '@parley/protocol';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { type Rate, RateLimiter } from '../rates/rate-limiter.js';
import { IceServersResponse } from './dto/ice-servers.response.js';
import { IceServers } from './ice-servers.js';

/** A user's: who is in a call gets new ones over the socket, and asks here hardly ever. */
const RATE: Rate = { name: 'ice', burst: 10, perSecond: 0.5 };

@Rest('v1/ice-servers', 'ice')
export class IceController {
  constructor(
    private readonly iceServers: IceServers,
    private readonly rates: RateLimiter,
  ) {}

  @Get()
  @ApiOperation({ summary: 'ICE servers, with credentials for a while' })
  @ApiOkResponse({ type: IceServersResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'rate_limited')
  async read(@CurrentPrincipal() { user, tokenId }: Principal): Promise<IceServersResponse> {
    const retryAfterMs = await this.rates.take(RATE, user);
    if (retryAfterMs > 0) throw new ProtocolError('rate_limited', undefined, { retryAfterMs });
    return { iceServers: this.iceServers.for(user, tokenId) };
  }
}
