import { ApiProperty } from '@nestjs/swagger';
import {
  type Joined,
  type Meta,
  PARTICIPANT_STATES,
  type Participant,
  type ParticipantState,
  ROLES,
  ROOM_ENTRIES,
  type Role,
  type RoomEntry,
  type RoomState,
} from '@parley/protocol';
import type { Every, SameAsProtocol } from '../../schema/static-type.js';

/** A room and its settings. */
export class RoomResponse {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z' })
  readonly id!: string;

  @ApiProperty({ example: 'Weekly' })
  readonly name!: string;

  @ApiProperty({ example: 'u_4fQ9sLk2VbX8mZ1rTy6A', nullable: true, type: String })
  readonly owner!: string | null;

  @ApiProperty({
    example: 12,
    nullable: true,
    type: Number,
    description: "Maximum number of participants. Null: the server's limit.",
  })
  readonly capacity!: number | null;

  @ApiProperty({ example: true })
  readonly guestsAllowed!: boolean;

  @ApiProperty({ example: true })
  readonly listed!: boolean;

  @ApiProperty({ enum: ROOM_ENTRIES, example: 'open', description: 'Who may enter.' })
  readonly access!: RoomEntry;

  @ApiProperty({ example: false, description: 'True: only current participants may rejoin.' })
  readonly locked!: boolean;

  @ApiProperty({
    example: '2099-12-24T18:00:00.000Z',
    nullable: true,
    type: String,
    description: 'When the room ends. Null: at no set time.',
  })
  readonly endsAt!: string | null;

  @ApiProperty({
    example: 3600,
    nullable: true,
    type: Number,
    description: 'Seconds after which an empty room ends. Null: never.',
  })
  readonly endWhenEmptySeconds!: number | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { topic: 'Weekly' } })
  readonly metadata!: Record<string, unknown>;

  @ApiProperty({ example: '2026-11-23T10:00:00.000Z' })
  readonly createdAt!: string;

  @ApiProperty({
    example: 3,
    nullable: true,
    type: Number,
    description: 'Current number of participants. Null: unavailable.',
  })
  readonly participants!: number | null;
}

/** A page of rooms, newest first. */
export class RoomPageResponse {
  @ApiProperty({ type: [RoomResponse] })
  readonly items!: RoomResponse[];

  @ApiProperty({ example: 'q7mP0c2Zt4sVb1NnYw8rLzE3NjM5', nullable: true, type: String })
  readonly nextCursor!: string | null;
}

/** The public preview of a room, for users who follow a link. */
export class RoomPreviewResponse {
  @ApiProperty({ example: 'k3J9xQ2bLw7Z' })
  readonly id!: string;

  @ApiProperty({ example: 'Weekly' })
  readonly name!: string;

  @ApiProperty({ example: true })
  readonly guestsAllowed!: boolean;

  @ApiProperty({ enum: ROOM_ENTRIES, example: 'open' })
  readonly access!: RoomEntry;

  @ApiProperty({ example: false })
  readonly locked!: boolean;
}

class ParticipantResponse {
  @ApiProperty({ example: 'p_Vn3kQ8sLxT0b' })
  readonly peer!: string;

  @ApiProperty({ example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  readonly user!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  readonly name!: string;

  @ApiProperty({ enum: ROLES, example: 'member' })
  readonly role!: Role;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { muted: false } })
  readonly meta!: Meta;

  @ApiProperty({ enum: PARTICIPANT_STATES, example: 'on' })
  readonly state!: ParticipantState;

  @ApiProperty({ example: 1 })
  readonly order!: number;

  @ApiProperty({ example: false, required: false, description: 'False: may not publish media. Absent: may.' })
  readonly publish?: boolean;

  @ApiProperty({ example: false, required: false, description: 'False: may not chat. Absent: may.' })
  readonly chat?: boolean;
}

/** The current participants of a room. */
export class ParticipantsResponse {
  @ApiProperty({ example: 'Zq1x8LmV', description: 'Empty: the room had no recent participant.' })
  readonly epoch!: string;

  @ApiProperty({ example: 7 })
  readonly version!: number;

  @ApiProperty({ type: [ParticipantResponse] })
  readonly participants!: ParticipantResponse[];
}

/** Compiles only while REST and the gateway describe participants and rooms alike. */
export type RoomResponsesMatchTheProtocol = Every<{
  participant: SameAsProtocol<ParticipantResponse, Participant>;
  participants: SameAsProtocol<ParticipantsResponse, Pick<Joined, 'epoch' | 'version' | 'participants'>>;
  room: SameAsProtocol<
    Pick<RoomResponse, 'name' | 'access' | 'locked' | 'metadata'>,
    Pick<RoomState, 'name' | 'access' | 'locked' | 'metadata'>
  >;
  preview: SameAsProtocol<
    Pick<RoomPreviewResponse, 'name' | 'access' | 'locked'>,
    Pick<RoomState, 'name' | 'access' | 'locked'>
  >;
}>;
