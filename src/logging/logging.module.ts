import { Global, type LoggerService, Module } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { describeFault } from './describe-fault.js';

/** Injection token of the logger: pino's interface, JSON lines on standard output. */
export const LOG = Symbol('LOG');

/** Fields that may carry a secret: their values are redacted at the first and second level. */
const SECRETS = ['token', 'key', 'password', 'secret', 'authorization', 'accessToken', 'refreshToken', 'credential'];

/** Makes the logger. Errors are written as {@link describeFault} describes them, wherever a line has them. */
export const createLogger = (
  config: Pick<Config, 'logLevel' | 'nodeName'>,
  destination: DestinationStream = pino.destination(1),
): Logger =>
  pino(
    {
      level: config.logLevel,
      base: { name: config.nodeName },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      formatters: { log: withFaults },
    },
    destination,
  );

const withFaults = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describeFault(value) : value]),
  );

/** Makes the logger injectable everywhere: `@Inject(LOG) log`. */
@Global()
@Module({
  providers: [{ provide: LOG, inject: [CONFIG], useFactory: createLogger }],
  exports: [LOG],
})
export class LoggingModule {}

/** Writes Nest's own messages as pino lines; those about modules and routes at level `debug`. */
export class NestLogger implements LoggerService {
  /** While true, errors are logged at level `debug`: main.ts reports what stops the boot, once. */
  booting = true;

  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...details: unknown[]): void {
    this.logger.debug({ details }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.logger[this.booting ? 'debug' : 'error']({ details: details.map(textOf) }, textOf(message));
  }

  warn(message: unknown, ...details: unknown[]): void {
    // Callers may pass an object of fields, then the message.
    const isFields = typeof message === 'object' && message !== null && !(message instanceof Error);
    if (isFields) this.logger.warn(message, String(details[0] ?? ''));
    else this.logger.warn({ details: details.map(textOf) }, textOf(message));
  }
}

const textOf = (value: unknown): string => (value instanceof Error ? describeFault(value) : String(value));
