import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems.js';
import { JOIN_REFUSALS } from '../join-refusals.js';

/** Documents what all moderation routes have in common: the room's id, and error codes. */
export const ApiModeration = () =>
  applyDecorators(
    ApiParam({ name: 'id', example: 'k3J9xQ2bLw7Z' }),
    ApiProblems('unauthenticated', 'token_invalid', 'token_expired'),
    ApiProblems('forbidden', ...JOIN_REFUSALS, 'room_not_found'),
  );
