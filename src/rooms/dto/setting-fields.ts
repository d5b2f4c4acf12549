import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { RoomEntry } from '@parley/protocol';
import { IsBoolean, IsIn, IsInt, IsISO8601, IsOptional, Length, Max, Min, ValidateIf } from 'class-validator';

const ENTRIES: readonly RoomEntry[] = ['open', 'invite', 'lobby'];

/** Absent is allowed, null is not. */
export const isGiven = (_: unknown, value: unknown): boolean => value !== undefined;

/** How people come in. */
export const IsRoomEntry = () =>
  applyDecorators(
    ApiProperty({ enum: ENTRIES, example: 'lobby', required: false, description: 'How people come in.' }),
    ValidateIf(isGiven),
    IsIn(ENTRIES),
  );

/** Whether anybody new comes in. */
export const IsLocked = () =>
  applyDecorators(
    ApiProperty({ example: false, required: false, description: 'Nobody new comes in; who is in stays.' }),
    ValidateIf(isGiven),
    IsBoolean(),
  );

/** The moment that a room is over. */
export const IsEnd = () =>
  applyDecorators(
    ApiProperty({
      example: '2026-12-24T18:00:00.000Z',
      required: false,
      nullable: true,
      type: String,
      description: 'The room is over then. Null: it has no end.',
    }),
    IsOptional(),
    Length(10, 40),
    IsISO8601({ strict: true, strictSeparator: true }),
  );

/** How long a room outlives the last who was in it. */
export const IsEmptySeconds = () =>
  applyDecorators(
    ApiProperty({
      example: 600,
      minimum: 10,
      maximum: 2_592_000,
      required: false,
      nullable: true,
      type: Number,
      description: 'The room is over when nobody was in it for so many seconds. Null: it stays.',
    }),
    IsOptional(),
    IsInt(),
    Min(10),
    Max(2_592_000),
  );
