import { applyDecorators, Controller, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AuthGuard } from '../auth/auth.guard.js';
import { ApiProblems } from './api-problems.js';
import { RateGuard } from './rate.guard.js';
import { restValidation } from './validation.js';

/** A REST controller with authentication (except `Public`), rate limits, validation and documented problems. */
export const Rest = (path: string, tag: string) =>
  applyDecorators(
    Controller(path),
    UseGuards(AuthGuard, RateGuard),
    UsePipes(restValidation),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiProblems('bad_request', 'rate_limited', 'internal', 'unavailable'),
  );
