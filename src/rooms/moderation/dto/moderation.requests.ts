import { ApiProperty } from '@nestjs/swagger';
import { ID_PATTERN, INVITE_TOKEN_PATTERN, type PeerId } from '@parley/protocol';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IsMoment } from '../../../http/moment.js';
import { IsPrintable } from '../../../users/display-name.js';
import { IsUserId } from '../../../users/user-id.js';
import { isGiven } from '../../dto/setting-fields.js';

const PEER = { example: 'p_Vn3kQ8sLxT0b', pattern: ID_PATTERN.source };
const USER = { example: 'u_4fQ9sLk2VbX8mZ1rTy6A', minLength: 1, maxLength: 128 };
const ID_FAULT = { message: 'must be 1 to 64 of A-Z a-z 0-9 _ -' };

/** The target: a peer in the room, or a user by id. */
export class TargetRequest {
  @ApiProperty({ ...PEER, required: false, description: 'A peer in the room; alternatively `user`.' })
  @ValidateIf(({ user }, value) => user === undefined || value !== undefined)
  @Matches(ID_PATTERN, ID_FAULT)
  readonly peer?: PeerId;

  @ApiProperty({ ...USER, required: false })
  @ValidateIf(isGiven)
  @IsUserId()
  readonly user?: string;
}

/** The user to kick, and the reason. */
export class KickRequest extends TargetRequest {
  @ValidateIf(isGiven)
  @IsPrintable(200, 'Shouting', false)
  readonly reason?: string;
}

/** The user to ban, the reason, and the end of the ban. */
export class BanRequest extends KickRequest {
  @ApiProperty({
    example: '2026-12-24T18:00:00.000Z',
    required: false,
    nullable: true,
    ...{ type: String, format: 'date-time' },
    description: 'Absent or null: until it is lifted.',
  })
  @IsOptional()
  @IsMoment()
  readonly until?: string | null;
}

/** The peer to mute. */
export class MuteRequest {
  @ApiProperty(PEER)
  @Matches(ID_PATTERN, ID_FAULT)
  readonly peer!: PeerId;
}

/** Permissions to revoke or restore; absent ones stay as they are. */
export class PermitRequest extends TargetRequest {
  @ApiProperty({ example: false, required: false, description: 'Whether the user may publish media.' })
  @ValidateIf(isGiven)
  @IsBoolean()
  readonly publish?: boolean;

  @ApiProperty({ example: true, required: false, description: 'Whether the user may chat.' })
  @ValidateIf(isGiven)
  @IsBoolean()
  readonly chat?: boolean;
}

/** Whether to lock the room. */
export class LockRequest {
  @ApiProperty({ example: true, description: 'True: only current participants may rejoin.' })
  @IsBoolean()
  readonly locked!: boolean;
}

/** The member to offer the room to. */
export class TransferRequest {
  @ApiProperty(USER)
  @IsUserId()
  readonly user!: string;
}

/** The member's new role. */
export class SetMemberRequest {
  @ApiProperty({ enum: ['moderator', 'member'], example: 'moderator' })
  @IsIn(['moderator', 'member'])
  readonly role!: 'moderator' | 'member';
}

/** A new invite. */
export class CreateInviteRequest {
  @ApiProperty({ enum: ['moderator', 'member'], example: 'member', default: 'member', required: false })
  @ValidateIf(isGiven)
  @IsIn(['moderator', 'member'])
  readonly role?: 'moderator' | 'member';

  @ApiProperty({ example: 1, minimum: 1, maximum: 10_000, required: false, nullable: true, type: Number })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly uses?: number | null;

  @ApiProperty({
    example: 86_400,
    minimum: 1,
    maximum: 31_536_000,
    required: false,
    nullable: true,
    type: Number,
    description: 'Absent: a week. Null: until it is revoked.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(31_536_000)
  readonly expiresInSeconds?: number | null;
}

/** An invite's token. */
export class AcceptInviteRequest {
  @ApiProperty({ example: 'pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8', pattern: INVITE_TOKEN_PATTERN.source })
  @Matches(INVITE_TOKEN_PATTERN, { message: 'must be 43 of A-Z a-z 0-9 _ -' })
  readonly token!: string;
}

/** The answer to a knock. */
export class AnswerKnockRequest {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z', pattern: ID_PATTERN.source })
  @Matches(ID_PATTERN, ID_FAULT)
  readonly knock!: string;

  @ApiProperty({ example: true })
  @IsBoolean()
  readonly admit!: boolean;
}

/** The requested page of the list of members. */
export class ListMembersQuery {
  @ApiProperty({ ...USER, required: false, description: '`nextAfter` of the previous page.' })
  @ValidateIf(isGiven)
  @IsUserId()
  readonly after?: string;
}
