import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { IceServersResponse } from './dto/ice-servers.response.js';
import { IceServers } from './ice-servers.js';

@Rest('v1/ice-servers', 'ice')
export class IceController {
  constructor(private readonly iceServers: IceServers) {}

  @Get()
  @ApiOperation({ summary: 'ICE servers, with credentials for a while' })
  @ApiOkResponse({ type: IceServersResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired')
  read(@CurrentPrincipal() principal: Principal): IceServersResponse {
    return { iceServers: this.iceServers.for(principal.user) };
  }
}
