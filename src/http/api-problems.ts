import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ERRORS, type ErrorCode, ProtocolError } from '@parley/protocol';
import { toProblem } from './problem.js';
import { ProblemResponse } from './problem.response.js';

const CODES = Symbol('problems');

/**
 * Documents the error codes of a route, or of every route of a controller, with an example for each. Several
 * decorators on a route add up; Swagger's own keeps only one response per status.
 */
export const ApiProblems =
  (...codes: readonly ErrorCode[]) =>
  (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (descriptor !== undefined) return document(target, key as string, descriptor, codes);
    const { prototype } = target as { prototype: object };
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const method = Object.getOwnPropertyDescriptor(prototype, name);
      if (method !== undefined && isRoute(method.value)) document(prototype, name, method, codes);
    }
  };

/** Nest stores a route's path as metadata of its method. */
const isRoute = (method: unknown): method is object =>
  typeof method === 'function' && Reflect.hasMetadata('path', method);

const document = (prototype: object, name: string, method: PropertyDescriptor, codes: readonly ErrorCode[]): void => {
  const known: readonly ErrorCode[] = Reflect.getOwnMetadata(CODES, method.value) ?? [];
  const all = [...new Set([...known, ...codes])];
  Reflect.defineMetadata(CODES, all, method.value);
  ApiExtraModels(ProblemResponse)(prototype, name, method);
  for (const [status, response] of Object.entries(problemResponses(all))) {
    ApiResponse({ status: Number(status), ...response })(prototype, name, method);
  }
};

/** The OpenAPI responses for these error codes, by status. */
export const problemResponses = (codes: readonly ErrorCode[]) => {
  const statuses = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...statuses].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join(' '),
        content: {
          'application/problem+json': {
            schema: { $ref: getSchemaPath(ProblemResponse) },
            examples: Object.fromEntries(same.map((code) => [code, { value: exampleOf(code) }])),
          },
        },
      },
    ]),
  );
};

const exampleOf = (code: ErrorCode) => toProblem(new ProtocolError(code), '7c9e6679-7425-40de-944b-e07fc1f90ae7');
