import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { type Config, ConfigError, readConfig } from './config/config.js';
import { configureHttp, createFastifyAdapter } from './http/configure-http.js';
import { createLogger, NestLogger } from './ops/logging.module.js';
import { serveDemo } from './ops/serve-demo.js';
import { Drain } from './signaling/drain.js';
import { SignalingAdapter } from './signaling/signaling.adapter.js';
import { upgradeGate } from './signaling/upgrade-gate.js';

/** How long closing may take once the drain is over. */
const CLOSING_MS = 5_000;

const boot = async (config: Config, logger: Logger): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), createFastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  await configureHttp(app, config);
  await serveDemo(app);
  app.useWebSocketAdapter(new SignalingAdapter(app, upgradeGate(config, app.get(Drain)), config.limits.maxFrameBytes));
  await app.listen(config.port, config.host);
  return app;
};

/** SIGTERM drains (an orchestrator is replacing this node), SIGINT stops at once (somebody pressed Ctrl-C). */
const stopOnSignals = (app: NestFastifyApplication, logger: Logger): void => {
  let stopping = false;
  const stop = async (signal: string, drain: boolean): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal, drain }, 'stopping');
    if (drain) await app.get(Drain).run();
    // A client that does not let go, or a store that does not answer, must not keep the process.
    setTimeout(() => process.exit(0), CLOSING_MS).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM', true));
  process.on('SIGINT', () => void stop('SIGINT', false));
  for (const fault of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(fault, (error: unknown) => {
      // Never go on in an unknown state: clients resume on another node, or on this one after its restart.
      logger.fatal(error, fault);
      process.exitCode = 1;
      void app.close().finally(() => process.exit(1));
      setTimeout(() => process.exit(1), 5_000).unref();
    });
  }
};

const main = async (): Promise<void> => {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  const app = await boot(config, logger);
  stopOnSignals(app, logger);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host;
  logger.info({ host, port }, 'listening');
  process.stdout.write(
    `\n  Parley is ready:  http://${host}:${port}\n  API docs:         http://${host}:${port}/docs\n\n`,
  );
};

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || (error instanceof Error && 'operator' in error);
  process.stderr.write(known ? `${(error as Error).message}\n` : `Parley cannot start: ${(error as Error).stack}\n`);
  process.exit(1);
});
