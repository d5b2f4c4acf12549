import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** `/docs/openapi.json`, made from the code, and a page to try it at `/docs`. */
export const serveOpenApi = (app: INestApplication): void => {
  const info = new DocumentBuilder()
    .setTitle('Parley')
    .setDescription('Accounts, rooms, chat and ICE servers. Signaling is a WebSocket: see PROTOCOL.md.')
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, info), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    // The page's assets come by a package that Jest cannot load, and ends the process over.
    ui: process.env.NODE_ENV !== 'test',
    customSiteTitle: 'Parley API',
  });
};
