import { ProtocolError } from '@parley/protocol';
import type { FastifyBodyParser, FastifyInstance } from 'fastify';

/** Levels of a body: what walks it afterwards walks it recursively. */
const DEEPEST = 32;

/** Fastify's own JSON parser, which refuses keys that would reach a prototype, and then bodies that are too deep. */
export const parseShallowJson = (fastify: FastifyInstance): FastifyBodyParser<string> => {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  return (request, text, done) => {
    void parse(request, text, (error, body) => {
      if (error === null && isTooDeep(body)) done(new ProtocolError('bad_request', 'The body is nested too deeply.'));
      else done(error, body);
    });
  };
};

const isTooDeep = (body: unknown): boolean => {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
};
