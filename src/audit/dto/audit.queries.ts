import { ApiProperty } from '@nestjs/swagger';
import { ID_PATTERN } from '@parley/protocol';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { IsMoment } from '../../http/moment.js';
import { IsQueryInteger } from '../../http/query-integer.js';
import { IsUserId } from '../../users/user-id.js';

const OF_USER = { required: false, minLength: 1, maxLength: 128, example: 'u_4fQ9sLk2VbX8mZ1rTy6A' };

/** The requested page of a room's audit entries. */
export class RoomAuditQuery {
  @ApiProperty({ required: false, maxLength: 256, description: '`nextCursor` of the previous page.' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  readonly cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 100, default: 50, example: 50 })
  @IsOptional()
  @IsQueryInteger(1, 100)
  readonly limit: number = 50;
}

/** The requested page of all audit entries, and filters. */
export class AuditQuery extends RoomAuditQuery {
  @ApiProperty({ required: false, example: 'k3J9xQ2bLw7Z', pattern: ID_PATTERN.source })
  @IsOptional()
  @Matches(ID_PATTERN, { message: 'must be 1 to 64 of A-Z a-z 0-9 _ -' })
  readonly room?: string;

  @ApiProperty({ ...OF_USER, description: 'The user who acted.' })
  @IsOptional()
  @IsUserId()
  readonly actor?: string;

  @ApiProperty({ ...OF_USER, description: 'The user affected; for a failed log-in, the username that was tried.' })
  @IsOptional()
  @IsUserId()
  readonly target?: string;

  @ApiProperty({ required: false, example: 'auth.login_failed', pattern: '^[a-z_]{1,32}\\.[a-z_]{1,32}$' })
  @IsOptional()
  @Matches(/^[a-z_]{1,32}\.[a-z_]{1,32}$/, { message: 'must be an action, as auth.login' })
  readonly action?: string;

  @ApiProperty({ required: false, format: 'date-time', example: '2026-11-23T10:00:00Z', description: 'Inclusive.' })
  @IsOptional()
  @IsMoment()
  readonly from?: string;

  @ApiProperty({ required: false, format: 'date-time', example: '2099-11-24T10:00:00Z', description: 'Exclusive.' })
  @IsOptional()
  @IsMoment()
  readonly to?: string;
}
