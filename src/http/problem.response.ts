import { ApiProperty } from '@nestjs/swagger';
import { ERRORS, type ErrorCode } from '@parley/protocol';
import type { Every, SameAsProtocol } from '../schema/static-type.js';
import type { Problem } from './problem.js';

class FieldFault {
  @ApiProperty({ example: 'password' })
  readonly field!: string;

  @ApiProperty({ example: 'must be longer than or equal to 8 characters' })
  readonly message!: string;
}

/** RFC 9457 problem details: the response to every failed request. */
export class ProblemResponse {
  @ApiProperty({ example: 'urn:parley:error:bad_request' })
  readonly type!: string;

  @ApiProperty({ example: ERRORS.bad_request.message })
  readonly title!: string;

  @ApiProperty({ example: 400 })
  readonly status!: number;

  @ApiProperty({ enum: Object.keys(ERRORS), description: 'Stable, for programs.', example: 'bad_request' })
  readonly code!: ErrorCode;

  @ApiProperty({ example: 'Some fields are not what the API describes.' })
  readonly detail!: string;

  @ApiProperty({
    description: 'The id in the log and in the x-request-id header.',
    example: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  })
  readonly requestId!: string;

  @ApiProperty({ type: [FieldFault], required: false })
  readonly errors?: readonly FieldFault[];
}

/** Compiles only while the documented problem is the one that is sent. */
export type ProblemResponseIsTheProblem = Every<{ problem: SameAsProtocol<ProblemResponse, Problem> }>;
