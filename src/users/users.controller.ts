import { Body, Delete, Get, HttpCode, HttpStatus, Param, Patch } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import type { Actor } from '../rooms/moderation/actor.js';
import { CurrentActor } from '../rooms/moderation/current-actor.js';
import { DeleteMeRequest, UpdateMeRequest } from './dto/users.requests.js';
import { MeResponse, UserResponse } from './dto/users.responses.js';
import { UsersService } from './users.service.js';

@Rest('v1/users', 'users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  @ApiOperation({ summary: 'Get the current user' })
  @ApiOkResponse({ type: MeResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired')
  me(@CurrentPrincipal() principal: Principal): Promise<MeResponse> {
    return this.users.me(principal);
  }

  @Patch('me')
  @ApiOperation({
    summary: 'Update the current account',
    description: 'A new password requires the current one, and revokes every token and session of the account.',
  })
  @ApiOkResponse({ type: MeResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'invalid_credentials', 'rate_limited')
  @ApiProblems('forbidden', 'accounts_disabled')
  update(@CurrentActor() by: Actor, @Body() body: UpdateMeRequest): Promise<MeResponse> {
    return this.users.update(by, body);
  }

  @Delete('me')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Delete the current account, its tokens and its rooms' })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'invalid_credentials', 'rate_limited')
  @ApiProblems('forbidden', 'accounts_disabled')
  remove(@CurrentActor() by: Actor, @Body() body: DeleteMeRequest): Promise<void> {
    return this.users.remove(by, body);
  }

  @Get(':id')
  @ApiParam({ name: 'id', example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  @ApiOperation({ summary: 'Get a user' })
  @ApiOkResponse({ type: UserResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'not_found')
  read(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<UserResponse> {
    return this.users.read(principal, id);
  }
}
