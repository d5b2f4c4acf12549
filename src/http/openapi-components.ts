import type { OpenAPIObject } from '@nestjs/swagger';
import { OPERATION_IDS } from './operation-ids.js';

/** The part of an OpenAPI response that this module reads. */
interface Response {
  description?: string;
  content?: Record<string, { examples?: Record<string, unknown> }>;
}

interface Operation {
  operationId?: string;
  readonly responses: Record<string, Response | { $ref: string }>;
}

/** Descriptions of successes that say no more than their status and their schema. */
const SUCCESS: Readonly<Record<string, string>> = {
  200: 'The request succeeded.',
  201: 'The resource was created.',
  204: 'The request succeeded; the response has no content.',
};

/**
 * Makes a document smaller and easier to generate clients from: names operations, describes each response, and moves
 * responses that several operations share to `components.responses`.
 */
export const tidy = (document: OpenAPIObject): OpenAPIObject => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => {
      const id = OPERATION_IDS[`${method.toUpperCase()} ${path}`];
      if (id !== undefined) operation.operationId = id;
      return operation;
    }),
  );
  for (const { responses } of operations) describe(responses as Record<string, Response>);
  share(document, operations);
  return document;
};

const describe = (responses: Record<string, Response>): void => {
  for (const [status, response] of Object.entries(responses)) {
    if (!response.description) response.description = SUCCESS[status] ?? `Status ${status}.`;
  }
};

const share = (document: OpenAPIObject, operations: readonly Operation[]): void => {
  const uses = new Map<string, number>();
  const faults = operations.flatMap(({ responses }) =>
    Object.entries(responses as Record<string, Response>)
      .filter(([status]) => Number(status) >= 400)
      .map(([status, response]) => ({ responses, status, response, text: JSON.stringify(response) })),
  );
  for (const { text } of faults) uses.set(text, (uses.get(text) ?? 0) + 1);
  const shared: Record<string, Response> = {};
  for (const { responses, status, response, text } of faults) {
    if ((uses.get(text) ?? 0) < 2) continue;
    const name = nameOf(response);
    shared[name] = response;
    responses[status] = { $ref: `#/components/responses/${name}` };
  }
  document.components = { ...document.components, responses: shared as never };
};

/** Its error codes: `TokenInvalidOrTokenExpired`. A status with the same codes has the same text. */
const nameOf = ({ content }: Response): string =>
  Object.values(content ?? {})
    .flatMap(({ examples }) => Object.keys(examples ?? {}))
    .map((code) => code.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase()))
    .join('Or');
