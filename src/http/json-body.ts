import { ProtocolError } from '@parley/protocol';
import type { FastifyBodyParser, FastifyInstance } from 'fastify';

/** Maximum nesting depth of a body: it is processed recursively. */
const MAX_DEPTH = 32;

/**
 * Fastify's JSON parser, which reads an empty body as none: clients and their libraries set the content type of
 * requests without a body too. A route that needs a body refuses it by its fields. It refuses keys that reach a prototype, with
 * a limit on nesting.
 */
export const parseShallowJson = (fastify: FastifyInstance): FastifyBodyParser<string> => {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  return (request, text, done) => {
    if (text === '') return done(null, undefined);
    void parse(request, text, (error, body) => {
      if (error === null && isTooDeep(body)) done(new ProtocolError('bad_request', 'The body is nested too deeply.'));
      else done(error, body);
    });
  };
};

const isTooDeep = (body: unknown): boolean => {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
};
