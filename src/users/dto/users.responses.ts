import { ApiProperty } from '@nestjs/swagger';

/** The public profile of a user. */
export class UserResponse {
  @ApiProperty({ example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  readonly id!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  readonly displayName!: string;
}

/** The current user. */
export class MeResponse extends UserResponse {
  @ApiProperty({ example: 'ada', required: false, description: 'Accounts only.' })
  readonly username?: string;

  @ApiProperty({ enum: ['account', 'guest', 'external'], example: 'account' })
  readonly kind!: 'account' | 'guest' | 'external';

  @ApiProperty({ example: '2026-11-23T10:00:00.000Z', required: false, description: 'Accounts only.' })
  readonly createdAt?: string;
}
