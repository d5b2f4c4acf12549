import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems.js';
import { JOIN_REFUSALS } from '../join-refusals.js';

/** What every route that moderates a room has in common in the documentation. */
export const ApiModeration = () =>
  applyDecorators(
    ApiParam({ name: 'id', example: 'k3J9xQ2bLw7Z' }),
    ApiProblems('unauthenticated', 'token_invalid', 'token_expired'),
    ApiProblems('forbidden', ...JOIN_REFUSALS, 'room_not_found'),
  );
