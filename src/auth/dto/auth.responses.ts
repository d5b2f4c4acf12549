import { ApiProperty } from '@nestjs/swagger';

/** Whom the tokens are for. */
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

/** An access token for a while, and a refresh token to get the next one with. */
export class TokensResponse {
  @ApiProperty({ example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1XzRmUSJ9.c2lnbmF0dXJl' })
  readonly accessToken!: string;

  @ApiProperty({
    example: 'pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8',
    description: 'Works once; a second use ends every token that came of the same log-in.',
  })
  readonly refreshToken!: string;

  @ApiProperty({ example: 900, description: 'Seconds until the access token ends.' })
  readonly expiresIn!: number;

  @ApiProperty({ type: IdentityResponse })
  readonly user!: IdentityResponse;
}
