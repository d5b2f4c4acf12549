import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ROOM_ENTRIES } from '@parley/protocol';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { IsMoment } from '../../http/moment.js';

/** Absent is allowed, null is not. */
export const isGiven = (_: unknown, value: unknown): boolean => value !== undefined;

/** How people come in. */
export const IsRoomEntry = () =>
  applyDecorators(
    ApiProperty({ enum: ROOM_ENTRIES, example: 'lobby', required: false, description: 'How people come in.' }),
    ValidateIf(isGiven),
    IsIn(ROOM_ENTRIES),
  );

/** Whether anybody new comes in. */
export const IsLocked = () =>
  applyDecorators(
    ApiProperty({ example: false, required: false, description: 'Nobody new comes in; who is in stays.' }),
    ValidateIf(isGiven),
    IsBoolean(),
  );

/** Ninety days. */
const LONGEST_EMPTY_SECONDS = 90 * 86_400;
/** When the room is over; null: at no set time. */
export const IsEndsAt = () =>
  applyDecorators(
    ApiProperty({
      ...{ type: String, format: 'date-time', nullable: true, required: false },
      example: '2099-12-24T18:00:00Z',
      description: 'The room is over then: everybody in it is removed. Null: at no set time.',
    }),
    IsOptional(),
    IsMoment('to come'),
  );

/** For how long nobody may be in the room before it is over; null: for ever. */
export const IsEndWhenEmptySeconds = () =>
  applyDecorators(
    ApiProperty({
      ...{ type: Number, nullable: true, required: false, minimum: 0, maximum: LONGEST_EMPTY_SECONDS },
      example: 3600,
      description: 'The room is over when nobody was in it for so long. Null: it stays.',
    }),
    IsOptional(),
    IsInt(),
    Min(0),
    Max(LONGEST_EMPTY_SECONDS),
  );
