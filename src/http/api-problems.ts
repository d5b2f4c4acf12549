import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ERRORS, type ErrorCode, ProtocolError } from '@parley/protocol';
import { toProblem } from './problem.js';
import { ProblemResponse } from './problem.response.js';

/** Documents the error codes that a route answers, with an example for each. */
export const ApiProblems = (...codes: readonly ErrorCode[]) => {
  const statuses = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return applyDecorators(
    ApiExtraModels(ProblemResponse),
    ...[...statuses].map(([status, same]) =>
      ApiResponse({
        status,
        description: same.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join(' '),
        content: {
          'application/problem+json': {
            schema: { $ref: getSchemaPath(ProblemResponse) },
            examples: Object.fromEntries(
              same.map((code) => [
                code,
                { value: toProblem(new ProtocolError(code), '7c9e6679-7425-40de-944b-e07fc1f90ae7') },
              ]),
            ),
          },
        },
      }),
    ),
  );
};
