import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const DEMO = fileURLToPath(new URL('../../client-demo/dist', import.meta.url));

/** Serves the demo at `/`, if it was built. Browsers cache files with a hash in their name for a year. */
export const serveDemo = async (app: NestFastifyApplication): Promise<void> => {
  if (!existsSync(DEMO)) return;
  const { default: fastifyStatic } = await import('@fastify/static');
  await app.register(
    fastifyStatic as never,
    {
      root: DEMO,
      prefix: '/',
      wildcard: false,
      decorateReply: false,
      cacheControl: false,
      setHeaders: (reply: { header(name: string, value: string): void }, path: string) =>
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    } as never,
  );
};
