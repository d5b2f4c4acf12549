import { ApiProperty } from '@nestjs/swagger';
import type { RoomEntry } from '@parley/protocol';
import { IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import { IsQueryInteger } from '../../http/query-integer.js';
import { IsPrintable } from '../../users/display-name.js';
import { IsRoomMetadata } from '../room-metadata.js';
import { IsEndsAt, IsEndWhenEmptySeconds, IsLocked, IsRoomEntry, isGiven } from './setting-fields.js';

/** A new room. */
export class CreateRoomRequest {
  @IsPrintable(100, 'Weekly')
  readonly name!: string;

  @ApiProperty({
    ...{ example: true, default: true, required: false },
    description: "Whether guests may enter. A room that a token's grant creates allows none unless the grant says so.",
  })
  @ValidateIf(isGiven)
  @IsBoolean()
  readonly guestsAllowed?: boolean;

  @ApiProperty({
    example: true,
    default: true,
    required: false,
    description: 'Whether the list of public rooms includes it.',
  })
  @ValidateIf(isGiven)
  @IsBoolean()
  readonly listed?: boolean;

  @ApiProperty({ example: 12, minimum: 1, maximum: 10_000, required: false, nullable: true, type: Number })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly capacity?: number | null;

  @ValidateIf(isGiven)
  @IsRoomMetadata()
  readonly metadata?: Record<string, unknown>;

  @IsRoomEntry()
  readonly access?: RoomEntry;

  @IsLocked()
  readonly locked?: boolean;

  @IsEndsAt()
  readonly endsAt?: string | null;

  @IsEndWhenEmptySeconds()
  readonly endWhenEmptySeconds?: number | null;
}

/** Changes of a room; absent fields stay as they are. `capacity: null` applies the server's limit. */
export class UpdateRoomRequest {
  @ValidateIf(isGiven)
  @IsPrintable(100, 'Weekly, now on Tuesdays', false)
  readonly name?: string;

  @ApiProperty({ example: false, required: false })
  @ValidateIf(isGiven)
  @IsBoolean()
  readonly guestsAllowed?: boolean;

  @ApiProperty({ example: true, required: false })
  @ValidateIf(isGiven)
  @IsBoolean()
  readonly listed?: boolean;

  @ApiProperty({ example: 12, minimum: 1, maximum: 10_000, required: false, nullable: true, type: Number })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly capacity?: number | null;

  @ValidateIf(isGiven)
  @IsRoomMetadata()
  readonly metadata?: Record<string, unknown>;

  @IsRoomEntry()
  readonly access?: RoomEntry;

  @IsLocked()
  readonly locked?: boolean;

  @IsEndsAt()
  readonly endsAt?: string | null;

  @IsEndWhenEmptySeconds()
  readonly endWhenEmptySeconds?: number | null;
}

/** The requested page of the list of rooms. */
export class ListRoomsQuery {
  @IsOptional()
  @IsPrintable(100, 'week', false)
  readonly search?: string;

  @ApiProperty({ required: false, maxLength: 256, description: '`nextCursor` of the previous page.' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  readonly cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 100, default: 20, example: 20 })
  @IsOptional()
  @IsQueryInteger(1, 100)
  readonly limit: number = 20;
}
