import { Body, Delete, Get, HttpCode, HttpStatus, Ip, Param, Patch } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { DeleteMeRequest, UpdateMeRequest } from './dto/users.requests.js';
import { MeResponse, UserResponse } from './dto/users.responses.js';
import { UsersService } from './users.service.js';

@Rest('v1/users', 'users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  @ApiOperation({ summary: 'Whom the token is of' })
  @ApiOkResponse({ type: MeResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired')
  me(@CurrentPrincipal() principal: Principal): Promise<MeResponse> {
    return this.users.me(principal);
  }

  @Patch('me')
  @ApiOperation({ summary: 'Change the name, or the password: then every token and session of the account ends' })
  @ApiOkResponse({ type: MeResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'invalid_credentials', 'rate_limited')
  @ApiProblems('forbidden', 'accounts_disabled')
  update(
    @CurrentPrincipal() principal: Principal,
    @Body() body: UpdateMeRequest,
    @Ip() address: string,
  ): Promise<MeResponse> {
    return this.users.update(principal, body, address);
  }

  @Delete('me')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End the account, its tokens and its rooms' })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'invalid_credentials', 'rate_limited')
  @ApiProblems('forbidden', 'accounts_disabled')
  remove(
    @CurrentPrincipal() principal: Principal,
    @Body() body: DeleteMeRequest,
    @Ip() address: string,
  ): Promise<void> {
    return this.users.remove(principal, body, address);
  }

  @Get(':id')
  @ApiParam({ name: 'id', example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  @ApiOperation({ summary: 'The name of a user' })
  @ApiOkResponse({ type: UserResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'not_found')
  read(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<UserResponse> {
    return this.users.read(principal, id);
  }
}
