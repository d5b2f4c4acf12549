import { ValidateIf } from 'class-validator';
import { IsNewPassword, IsPassword } from '../../auth/dto/is-password.js';
import { IsDisplayName } from '../display-name.js';

/** Changes of the current account. A new password requires the current one. */
export class UpdateMeRequest {
  @ValidateIf((_, value) => value !== undefined)
  @IsDisplayName(false)
  readonly displayName?: string;

  @ValidateIf((_, value) => value !== undefined)
  @IsNewPassword(false)
  readonly password?: string;

  @ValidateIf(({ password, currentPassword }) => password !== undefined || currentPassword !== undefined)
  @IsPassword(false)
  readonly currentPassword?: string;
}

/** The password that confirms deleting the account. */
export class DeleteMeRequest {
  @IsPassword()
  readonly password!: string;
}
