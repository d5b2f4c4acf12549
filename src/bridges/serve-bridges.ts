import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bridge } from './bridge.js';

/** The plain HTTP side of the bridges. Behind the same entrance as REST: address rates, hosts, TLS. */
export const serveBridges = (app: NestFastifyApplication, bridges: readonly Bridge[]): void => {
  const fastify = app.getHttpAdapter().getInstance();
  for (const bridge of bridges) {
    if (bridge.answer === undefined) continue;
    const handler = (request: FastifyRequest, reply: FastifyReply) => answer(bridge, request, reply);
    fastify.get(bridge.path, handler);
    fastify.get(`${bridge.path}/*`, handler);
  }
  // Also on what is refused before a route is found: a page that may not read the status cannot tell why.
  fastify.addHook('onSend', async (request, reply) => {
    if (bridges.some(({ path }) => isUnder(path, pathOf(request)))) {
      void reply.header('access-control-allow-origin', '*').header('cache-control', 'no-store');
    }
  });
};

const answer = async (bridge: Bridge, request: FastifyRequest, reply: FastifyReply) => {
  const query = new URLSearchParams(request.url.slice(pathOf(request).length));
  const found = await bridge.answer?.({ path: pathOf(request), query, address: request.ip });
  if (found === undefined) return reply.callNotFound();
  return reply.status(found.status).type(found.type).send(found.body);
};

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] as string;
const isUnder = (folder: string, path: string): boolean => path === folder || path.startsWith(`${folder}/`);
