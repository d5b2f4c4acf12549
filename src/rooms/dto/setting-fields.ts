import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ROOM_ENTRIES } from '@parley/protocol';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { IsMoment } from '../../http/moment.js';

/** Whether a field is present: `undefined` is allowed, `null` is not. */
export const isGiven = (_: unknown, value: unknown): boolean => value !== undefined;

/** The field `access`: who may enter. */
export const IsRoomEntry = () =>
  applyDecorators(
    ApiProperty({ enum: ROOM_ENTRIES, example: 'lobby', required: false, description: 'Who may enter.' }),
    ValidateIf(isGiven),
    IsIn(ROOM_ENTRIES),
  );

/** The field `locked`: whether only current participants may rejoin. */
export const IsLocked = () =>
  applyDecorators(
    ApiProperty({ example: false, required: false, description: 'True: only current participants may rejoin.' }),
    ValidateIf(isGiven),
    IsBoolean(),
  );

/** Ninety days. */
const LONGEST_EMPTY_SECONDS = 90 * 86_400;

/** The field `endsAt`: when the room ends; null: at no set time. */
export const IsEndsAt = () =>
  applyDecorators(
    ApiProperty({
      ...{ type: String, format: 'date-time', nullable: true, required: false },
      example: '2099-12-24T18:00:00Z',
      description: 'When the room ends: its participants are removed. Null: at no set time.',
    }),
    IsOptional(),
    IsMoment('future'),
  );

/** The field `endWhenEmptySeconds`: how long the room may be empty before it ends; null: forever. */
export const IsEndWhenEmptySeconds = () =>
  applyDecorators(
    ApiProperty({
      ...{ type: Number, nullable: true, required: false, minimum: 0, maximum: LONGEST_EMPTY_SECONDS },
      example: 3600,
      description: 'Seconds after which an empty room ends. Null: never.',
    }),
    IsOptional(),
    IsInt(),
    Min(0),
    Max(LONGEST_EMPTY_SECONDS),
  );
