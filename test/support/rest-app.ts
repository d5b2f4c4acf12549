import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeId } from '@parley/protocol';
import supertest from 'supertest';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuthModule } from '../../src/auth/auth.module.js';
import type { Bus, ClusterEvent } from '../../src/bus/bus.js';
import { BusModule } from '../../src/bus/bus.module.js';
import { BUS } from '../../src/bus/bus.tokens.js';
import { ChatModule } from '../../src/chat/chat.module.js';
import { readConfig } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { configureHttp, createFastifyAdapter } from '../../src/http/configure-http.js';
import { IceModule } from '../../src/ice/ice.module.js';
import { PresenceModule } from '../../src/presence/presence.module.js';
import { ModerationModule } from '../../src/rooms/moderation/moderation.module.js';
import { RoomsModule } from '../../src/rooms/rooms.module.js';
import { SchedulerModule } from '../../src/scheduler/scheduler.module.js';
import { UsersModule } from '../../src/users/users.module.js';

/** The application's answer to a request that reached a route. */
export interface Answer {
  readonly method: string;
  /** The pattern of its route: `/v1/rooms/:id`. */
  readonly route: string;
  readonly status: number;
  /** Undefined: no body. */
  readonly body: unknown;
}

/** The REST API of a server, on a free port of loopback. */
export interface RestApp {
  readonly app: NestFastifyApplication;
  readonly dataDir: string;
  /** The cluster events published so far. */
  readonly events: ClusterEvent[];
  /** The answers so far. */
  readonly answers: Answer[];
  readonly http: ReturnType<typeof supertest>;
  close(): Promise<void>;
}

@Module({})
class RestModule {}

/** @param environment as for a server process; without `DATABASE_URL` the embedded PostgreSQL is started. */
export const startRestApp = async (environment: Record<string, string> = {}): Promise<RestApp> => {
  const dataDir = environment.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'parley-rest-'));
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, ...environment });
  const imports = [
    ConfigModule.forRoot(config),
    BusModule,
    PresenceModule,
    DatabaseModule,
    AuthModule,
    UsersModule,
    RoomsModule,
    ModerationModule,
    ChatModule,
    IceModule,
    AuditModule,
    SchedulerModule,
  ];
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: RestModule, imports },
    createFastifyAdapter(config),
    {
      logger: false,
      abortOnError: false,
    },
  );
  const answers: Answer[] = [];
  listenTo(app, answers);
  await configureHttp(app, config);
  await app.listen(0, '127.0.0.1');
  const bus = app.get<Bus>(BUS);
  const events: ClusterEvent[] = [];
  bus.onEvent((event) => events.push(event));
  await bus.listen('rest-test' as NodeId);
  return {
    app,
    dataDir,
    events,
    answers,
    http: supertest(app.getHttpServer() as Server),
    async close() {
      await app.close();
      if (environment.DATA_DIR === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

const listenTo = (app: NestFastifyApplication, answers: Answer[]): void => {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async ({ method, routeOptions }, reply, payload) => {
      if (routeOptions.url === undefined || method === 'HEAD') return;
      const isText = typeof payload === 'string' && payload !== '';
      answers.push({
        ...{ method, route: routeOptions.url, status: reply.statusCode },
        body: isText && String(reply.getHeader('content-type')).includes('json') ? JSON.parse(payload) : undefined,
      });
    });
};
