import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { RoomEntry } from '@parley/protocol';
import { IsBoolean, IsIn, ValidateIf } from 'class-validator';

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
