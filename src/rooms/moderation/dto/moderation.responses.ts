import { ApiProperty } from '@nestjs/swagger';
import type { Knock, Knocking, Role } from '@parley/protocol';
import type { Every, SameAsProtocol } from '../../../schema/static-type.js';

const USER = { example: 'u_4fQ9sLk2VbX8mZ1rTy6A' };
const MOMENT = { example: '2026-11-23T10:00:00.000Z' };

/** A member of a room. */
export class MemberResponse {
  @ApiProperty(USER)
  readonly user!: string;

  @ApiProperty({
    example: 'Ada Lovelace',
    nullable: true,
    type: String,
    description: 'Null: a user of an external issuer.',
  })
  readonly name!: string | null;

  @ApiProperty({ enum: ['owner', 'moderator', 'member'], example: 'member' })
  readonly role!: Role;

  @ApiProperty({ example: true })
  readonly mayPublish!: boolean;

  @ApiProperty({ example: true })
  readonly mayChat!: boolean;
}

/** A page of a room's members. */
export class MembersResponse {
  @ApiProperty({ type: [MemberResponse] })
  readonly members!: MemberResponse[];

  @ApiProperty({ example: null, nullable: true, type: String })
  readonly nextAfter!: string | null;
}

/** A ban. */
export class BanResponse {
  @ApiProperty(USER)
  readonly user!: string;

  @ApiProperty({ example: 'Shouting', nullable: true, type: String })
  readonly reason!: string | null;

  @ApiProperty(USER)
  readonly by!: string;

  @ApiProperty({ ...MOMENT, nullable: true, type: String, description: 'Null: until it is lifted.' })
  readonly until!: string | null;

  @ApiProperty(MOMENT)
  readonly createdAt!: string;
}

/** A room's bans. */
export class BansResponse {
  @ApiProperty({ type: [BanResponse] })
  readonly bans!: BanResponse[];
}

/** An invite, without its token. */
export class InviteResponse {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z' })
  readonly id!: string;

  @ApiProperty({ enum: ['moderator', 'member'], example: 'member' })
  readonly role!: 'moderator' | 'member';

  @ApiProperty({ example: 1, nullable: true, type: Number, description: 'Null: unlimited.' })
  readonly usesLeft!: number | null;

  @ApiProperty({ ...MOMENT, nullable: true, type: String, description: 'Null: until it is revoked.' })
  readonly expiresAt!: string | null;

  @ApiProperty(USER)
  readonly by!: string;
}

/** A new invite with its token, which is shown only once. */
export class NewInviteResponse extends InviteResponse {
  @ApiProperty({ example: 'pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8' })
  readonly token!: string;

  @ApiProperty({
    example: '/#/rooms/k3J9xQ2bLw7Z?invite=pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8',
    description: "Path in this server's demo. The token follows the `#`, so it is not sent to servers or logs.",
  })
  readonly url!: string;
}

/** A room's valid invites. */
export class InvitesResponse {
  @ApiProperty({ type: [InviteResponse] })
  readonly invites!: InviteResponse[];
}

/** The room of an accepted invite. */
export class AcceptedInviteResponse {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z' })
  readonly room!: string;
}

/** An offer of a room's ownership. */
export class TransferResponse {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z' })
  readonly room!: string;

  @ApiProperty({ example: 'Weekly', description: "The room's name." })
  readonly roomName!: string;

  @ApiProperty({ ...USER, description: 'The owner who offers it.' })
  readonly from!: string;

  @ApiProperty({ ...USER, description: 'The member who may accept or decline it.' })
  readonly to!: string;

  @ApiProperty({ ...MOMENT, description: 'Afterwards the offer is void.' })
  readonly expiresAt!: string;
}

/** The offers that wait for the caller's answer. */
export class TransfersResponse {
  @ApiProperty({ type: [TransferResponse] })
  readonly transfers!: TransferResponse[];
}

/** A user waiting in the lobby. */
export class KnockResponse {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z' })
  readonly knock!: string;

  @ApiProperty(USER)
  readonly user!: string;

  @ApiProperty({ example: 'Grace' })
  readonly name!: string;

  @ApiProperty({ example: 1_795_478_400_000, description: 'Milliseconds since the Unix epoch.' })
  readonly since!: number;
}

/** The users waiting in a lobby, longest wait first. */
export class LobbyResponse {
  @ApiProperty({ type: [KnockResponse] })
  readonly knocks!: KnockResponse[];
}

/** Compiles only while REST and the gateway describe the lobby alike. */
export type LobbyResponsesMatchTheProtocol = Every<{
  knock: SameAsProtocol<KnockResponse, Knock>;
  lobby: SameAsProtocol<LobbyResponse, Pick<Knocking, 'knocks'>>;
}>;
