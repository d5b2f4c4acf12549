import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ProtocolError } from '@parley/protocol';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { type Rate, RateLimiter } from '../rate-limit/rate-limiter.js';
import { RoomAccess } from '../rooms/room-access.js';
import { IceServersResponse } from './dto/ice-servers.response.js';
import { IceServers } from './ice-servers.js';

/** Per user. Clients in a call get new credentials over the socket. */
const RATE: Rate = { name: 'ice', burst: 10, perSecond: 0.5 };

@Rest('v1/ice-servers', 'ice')
export class IceController {
  constructor(
    private readonly iceServers: IceServers,
    private readonly rates: RateLimiter,
    private readonly access: RoomAccess,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Get ICE servers with short-lived credentials',
    description: 'A guest who may not join its room gets `forbidden`.',
  })
  @ApiOkResponse({ type: IceServersResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'rate_limited')
  async read(@CurrentPrincipal() principal: Principal): Promise<IceServersResponse> {
    const { user } = principal;
    const retryAfterMs = await this.rates.take(RATE, user);
    if (retryAfterMs > 0) throw new ProtocolError('rate_limited', undefined, { retryAfterMs });
    if (!(await this.access.mayRelay(principal))) throw new ProtocolError('forbidden');
    return { iceServers: this.iceServers.for(user) };
  }
}
