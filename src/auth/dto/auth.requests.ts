import { ApiProperty } from '@nestjs/swagger';
import { ID_PATTERN } from '@parley/protocol';
import { IsString, Length, Matches } from 'class-validator';
import { IsDisplayName } from '../../users/display-name.js';
import { USERNAME_PATTERN } from '../../users/username.js';
import { IsNewPassword, IsPassword } from './is-password.js';

/** A new account. */
export class RegisterRequest {
  @ApiProperty({ example: 'ada', pattern: USERNAME_PATTERN.source })
  @Matches(USERNAME_PATTERN, { message: 'must be 3 to 32 of A-Z a-z 0-9 _ . -' })
  readonly username!: string;

  @IsNewPassword()
  readonly password!: string;

  @IsDisplayName()
  readonly displayName!: string;
}

/** Credentials of an account. */
export class LoginRequest {
  @ApiProperty({ example: 'ada', pattern: USERNAME_PATTERN.source })
  @Matches(USERNAME_PATTERN, { message: 'must be 3 to 32 of A-Z a-z 0-9 _ . -' })
  readonly username!: string;

  @IsPassword()
  readonly password!: string;
}

/** A guest's name, and the room to enter. */
export class GuestRequest {
  @IsDisplayName()
  readonly displayName!: string;

  @ApiProperty({ example: 'k3J9xQ2bLw7Z', pattern: ID_PATTERN.source })
  @Matches(ID_PATTERN, { message: 'must be 1 to 64 of A-Z a-z 0-9 _ -' })
  readonly room!: string;
}

/** A refresh token to exchange or revoke. */
export class RefreshRequest {
  @ApiProperty({ example: 'pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8', maxLength: 128 })
  @IsString()
  @Length(1, 128)
  readonly refreshToken!: string;
}
