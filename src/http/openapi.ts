import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PUBLIC_EXTENSION } from '../auth/public.js';
import { problemResponses } from './api-problems.js';
import { CachedDocument } from './cached-document.js';
import { tidy } from './openapi-components.js';

/** Serves `/docs/openapi.json`, generated from the code, and Swagger UI at `/docs`. */
export const serveOpenApi = (app: NestFastifyApplication): void => {
  const info = new DocumentBuilder()
    .setTitle('Parley')
    .setDescription(
      'Accounts, rooms, chat and ICE servers. Signaling is a WebSocket at `/v1/signaling`, described by protocol/PROTOCOL.md and, frame by frame, by [asyncapi.json](/docs/asyncapi.json).',
    )
    .setVersion('1')
    .setExternalDoc('The frames of signaling (AsyncAPI)', '/docs/asyncapi.json')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = new CachedDocument(() => tidy(finished(SwaggerModule.createDocument(app, info))));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/docs/openapi.json', (request, reply) => document.send(request, reply));
  // Jest cannot load the package with the page's assets, and its failure ends the process.
  if (process.env.NODE_ENV === 'test') return;
  // The page fetches the document: its own script would hold all of it, uncompressed.
  SwaggerModule.setup('docs', app, () => ({}) as OpenAPIObject, {
    swaggerUrl: '/docs/openapi.json',
    raw: false,
    customSiteTitle: 'Parley API',
  });
};

interface Operation {
  security?: unknown[];
  readonly requestBody?: object;
  readonly responses: Record<string, object>;
  readonly [PUBLIC_EXTENSION]?: true;
}

/** Adds what the decorators cannot express: public routes need no token, and routes with a body may refuse it. */
const finished = (document: OpenAPIObject): OpenAPIObject => {
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as Operation[]) {
      if (operation[PUBLIC_EXTENSION]) operation.security = [];
      if (operation.requestBody === undefined) continue;
      Object.assign(operation.responses, problemResponses(['payload_too_large', 'unsupported_media_type']));
    }
  }
  return document;
};
