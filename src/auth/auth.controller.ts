import { Body, HttpCode, HttpStatus, Ip, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { AuthService } from './auth.service.js';
import { GuestRequest, LoginRequest, RefreshRequest, RegisterRequest } from './dto/auth.requests.js';
import { TokensResponse } from './dto/auth.responses.js';
import { Public } from './public.js';

@Public()
@Rest('v1/auth', 'auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('register')
  @ApiOperation({ summary: 'Create an account' })
  @ApiCreatedResponse({ type: TokensResponse })
  @ApiProblems('username_taken', 'accounts_disabled')
  register(@Body() body: RegisterRequest, @Ip() address: string): Promise<TokensResponse> {
    return this.auth.register(body, address);
  }

  @Post('login')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Log in' })
  @ApiOkResponse({ type: TokensResponse })
  @ApiProblems('invalid_credentials', 'rate_limited', 'accounts_disabled')
  login(@Body() body: LoginRequest, @Ip() address: string): Promise<TokensResponse> {
    return this.auth.login(body, address);
  }

  @Post('refresh')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Exchange a refresh token',
    description:
      'The token works once. If the response was lost, the same token is accepted once more within 30 s, unless its successor was used. Any later use ends all refresh tokens of this log-in. A guest gets new tokens only while its room exists and allows guests; otherwise the reply is `room_not_found` and the refresh token stays valid.',
  })
  @ApiOkResponse({ type: TokensResponse })
  @ApiProblems('refresh_invalid', 'room_not_found', 'banned', 'accounts_disabled')
  refresh(@Body() body: RefreshRequest, @Ip() address: string): Promise<TokensResponse> {
    return this.auth.refresh(body.refreshToken, address);
  }

  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Log out: revoke every token of this log-in' })
  @ApiNoContentResponse()
  @ApiProblems('accounts_disabled')
  logout(@Body() body: RefreshRequest, @Ip() address: string): Promise<void> {
    return this.auth.logout(body.refreshToken, address);
  }

  @Post('guest')
  @ApiOperation({
    summary: 'Get guest tokens for a room',
    description: '`room_not_found` does not distinguish a room that allows no guests from one that does not exist.',
  })
  @ApiCreatedResponse({ type: TokensResponse })
  @ApiProblems('room_not_found', 'accounts_disabled')
  guest(@Body() body: GuestRequest, @Ip() address: string): Promise<TokensResponse> {
    return this.auth.guest(body, address);
  }
}
