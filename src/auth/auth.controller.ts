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
  @ApiOperation({ summary: 'Make an account' })
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
    summary: 'Use a refresh token up: new tokens',
    description:
      'A guest gets new ones only while its room exists and lets guests in: otherwise `room_not_found`, and the refresh token stays valid.',
  })
  @ApiOkResponse({ type: TokensResponse })
  @ApiProblems('refresh_invalid', 'room_not_found', 'banned', 'accounts_disabled')
  refresh(@Body() body: RefreshRequest, @Ip() address: string): Promise<TokensResponse> {
    return this.auth.refresh(body.refreshToken, address);
  }

  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End every token that came of the same log-in' })
  @ApiNoContentResponse()
  @ApiProblems('accounts_disabled')
  logout(@Body() body: RefreshRequest, @Ip() address: string): Promise<void> {
    return this.auth.logout(body.refreshToken, address);
  }

  @Post('guest')
  @ApiOperation({
    summary: 'Come into one room without an account',
    description:
      'The answer `room_not_found` does not tell a room that lets no guests in from one that does not exist.',
  })
  @ApiCreatedResponse({ type: TokensResponse })
  @ApiProblems('room_not_found', 'accounts_disabled')
  guest(@Body() body: GuestRequest, @Ip() address: string): Promise<TokensResponse> {
    return this.auth.guest(body, address);
  }
}
