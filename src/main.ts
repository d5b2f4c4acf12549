import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { BridgeHost } from './bridges/bridge-host.js';
import { serveBridges } from './bridges/serve-bridges.js';
import { type Config, ConfigError, readConfig } from './config/config.js';
import { redacted } from './config/redacted.js';
import { configureHttp, createFastifyAdapter } from './http/configure-http.js';
import { SecurityLog } from './http/security-log.js';
import { describeFault } from './logging/describe-fault.js';
import { createLogger, NestLogger } from './logging/logging.module.js';
import { serveDemo } from './ops/serve-demo.js';
import { ConnectionQuota } from './websocket/connection-quota.js';
import { Drain } from './websocket/drain.js';
import { limitConnections } from './websocket/limit-connections.js';
import { upgradePolicy } from './websocket/upgrade-policy.js';
import { WebSocketServerAdapter } from './websocket/web-socket.adapter.js';

/** Maximum time to close after the drain. */
const CLOSING_MS = 5_000;

const boot = async (config: Config, logger: Logger): Promise<NestFastifyApplication> => {
  const nestLogger = new NestLogger(logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    createFastifyAdapter(config),
    {
      logger: nestLogger,
      abortOnError: false,
    },
  );
  closeConnectionsWhileDraining(app);
  limitConnections(app.getHttpAdapter().getInstance(), config, app.get(ConnectionQuota));
  await configureHttp(app, config);
  await serveDemo(app);
  const host = app.get(BridgeHost);
  serveBridges(app, host.bridges);
  app.useWebSocketAdapter(
    new WebSocketServerAdapter(
      app,
      upgradePolicy(config, app.get(Drain), app.get(ConnectionQuota), new SecurityLog(logger)),
      {
        maxFrameBytes: config.limits.maxFrameBytes,
        maxBridgeFrameBytes: config.maxBridgeFrameBytes,
        fastPaths: config.fastPaths,
      },
      host.routes,
    ),
  );
  await app.listen(config.port, config.host);
  nestLogger.booting = false;
  return app;
};

/** Ends HTTP keep-alive while draining: a reused connection could be cut during a request when the node stops. */
const closeConnectionsWhileDraining = (app: NestFastifyApplication): void => {
  const drain = app.get(Drain);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (_request, reply) => {
      if (drain.started) void reply.header('connection', 'close');
    });
};

/** Stops the node on signals: SIGTERM drains it (an orchestrator replaces it), SIGINT stops at once (Ctrl-C). */
const stopOnSignals = (app: NestFastifyApplication, logger: Logger): void => {
  let draining = false;
  let closing = false;
  const drain = async (): Promise<void> => {
    if (draining || closing) return;
    draining = true;
    logger.info('draining');
    await app.get(Drain).run();
    await close();
  };
  /** Also interrupts a drain: Ctrl-C does not wait. */
  const close = async (): Promise<void> => {
    if (closing) return;
    closing = true;
    logger.info('stopping');
    // A client that does not close, or a store that does not answer, must not keep the process alive.
    setTimeout(() => process.exit(0), CLOSING_MS).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void drain());
  process.on('SIGINT', () => void close());
  for (const fault of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(fault, (error: unknown) => {
      // Never continue in an unknown state: clients resume on another node, or on this one after its restart.
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
  logger.info({ config: redacted(config) }, 'configuration');
  logger.info({ host: config.host, port }, 'listening');
  process.stdout.write(banner(config, port));
};

const banner = (config: Config, port: number): string => {
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const url = `http://${everywhere ? 'localhost' : config.host}:${port}`;
  const lines = [
    `Parley is ready:  ${url}`,
    ...(config.apiDocs ? [`API docs:         ${url}/docs`] : []),
    ...(everywhere && !config.production
      ? ['', 'Anyone who can reach this port can register. Set HOST=127.0.0.1 to accept local connections only.']
      : []),
  ];
  return `\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`;
};

/** Explains an error that an operator can fix in one sentence; any other is a bug and is shown with its stack. */
const explain = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return `Parley cannot start: ${String(error)}`;
  const { code, port, path } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `Parley cannot start: port ${port} is in use. Stop the process that uses it, or set PORT to another one.`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `Parley cannot start: this user may not listen on port ${port}. Set PORT to one above 1023.`;
  }
  if (path !== undefined && (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST')) {
    return `Parley cannot start: it cannot write to ${path}. Set DATA_DIR to a folder that this user may write to.`;
  }
  return `Parley cannot start: ${'operator' in error ? error.message : describeFault(error)}`;
};

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
