import { ApiProperty } from '@nestjs/swagger';

/** The user that the tokens are issued to. */
export class IdentityResponse {
  @ApiProperty({ example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  readonly id!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  readonly displayName!: string;

  @ApiProperty({ example: 'ada', required: false, description: 'Absent for guests.' })
  readonly username?: string;

  @ApiProperty({ enum: ['account', 'guest'], example: 'account' })
  readonly kind!: 'account' | 'guest';
}

/** A short-lived access token, and the refresh token to exchange for the next one. */
export class TokensResponse {
  @ApiProperty({ example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1XzRmUSJ9.c2lnbmF0dXJl' })
  readonly accessToken!: string;

  @ApiProperty({
    example: 'pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8',
    description: 'Works once; a second use revokes every token of the same log-in.',
  })
  readonly refreshToken!: string;

  @ApiProperty({ example: 900, description: 'Seconds until the access token expires.' })
  readonly expiresIn!: number;

  @ApiProperty({ type: IdentityResponse })
  readonly user!: IdentityResponse;
}
