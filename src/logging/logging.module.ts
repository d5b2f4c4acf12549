import { Global, type LoggerService, Module } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';

/** Injection token of the one logger: pino's interface, JSON lines on standard output. */
export const LOG = Symbol('LOG');

/** Whatever may carry a secret is removed wherever it turns up, one level deep and two. */
const SECRETS = ['token', 'key', 'password', 'secret', 'authorization', 'accessToken', 'refreshToken', 'credential'];

export const createLogger = (config: Pick<Config, 'logLevel' | 'nodeName'>): Logger =>
  pino({
    level: config.logLevel,
    base: { name: config.nodeName },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  });

/** Makes the logger injectable everywhere: `@Inject(LOG) log`. */
@Global()
@Module({
  providers: [{ provide: LOG, inject: [CONFIG], useFactory: createLogger }],
  exports: [LOG],
})
export class LoggingModule {}

/** Nest's own messages as pino lines: its chatter about modules and routes is `debug`. */
export class NestLogger implements LoggerService {
  /** Until it is false, errors are `debug`: what stops the boot is told once, by who boots. */
  booting = true;

  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...details: unknown[]): void {
    this.logger.debug({ details }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.logger[this.booting ? 'debug' : 'error'](message instanceof Error ? message : { details }, String(message));
  }

  warn(message: unknown, ...details: unknown[]): void {
    // Fields come as an object in place of the message, and the message behind it.
    if (typeof message === 'object' && message !== null) this.logger.warn(message, String(details[0] ?? ''));
    else this.logger.warn({ details }, String(message));
  }
}
