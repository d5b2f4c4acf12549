import { HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import type { Actor } from '../rooms/moderation/actor.js';
import { CurrentActor } from '../rooms/moderation/current-actor.js';
import { UsersService } from './users.service.js';

@Rest('v1/auth', 'auth')
export class SessionsController {
  constructor(private readonly users: UsersService) {}

  @Post('logout-all')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Log out on all devices: revoke every token and session of the account' })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'accounts_disabled')
  logoutAll(@CurrentActor() by: Actor): Promise<void> {
    return this.users.logOutEverywhere(by);
  }
}
