import { normalizeOrigin } from '../config/origins.js';

/** The log that lines are written to: pino's interface. */
export interface SecurityLines {
  warn(fields: object, message: string): void;
}

/** A refusal, for the log. Never contains a token, a key or other client input but a valid origin. */
export interface Refused {
  readonly reason: string;
  readonly address: string | undefined;
  readonly user?: string | undefined;
  readonly requestId?: string | undefined;
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly closeCode?: number | undefined;
  /** The origin of a page that is not allowed. */
  readonly origin?: string;
  /** The setting that decides. */
  readonly setting?: string;
}

/** Maximum lines per second, so that a flood of refusals does not flood the log. The next line counts omitted ones. */
const MAX_PER_SECOND = 50;

/** Writes one structured log line per security-relevant refusal (OWASP ASVS 5.0 V16.3). */
export class SecurityLog {
  private second = 0;
  private lines = 0;
  private leftOut = 0;

  /** @param now milliseconds */
  constructor(
    private readonly log: SecurityLines,
    private readonly now: () => number = Date.now,
  ) {}

  refused(what: Refused): void {
    const second = Math.floor(this.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.lines = 0;
    }
    this.lines += 1;
    if (this.lines > MAX_PER_SECOND) {
      this.leftOut += 1;
      return;
    }
    const { leftOut } = this;
    this.leftOut = 0;
    this.log.warn({ security: true, ...what, ...(leftOut > 0 && { leftOut }) }, 'refused');
  }
}

/** Names the origin of a refused page for the log, and the setting that would allow it. */
export const refusedOrigin = (origin: string | undefined): Pick<Refused, 'origin' | 'setting'> => ({
  origin: normalizeOrigin(origin ?? '') ?? 'not an origin',
  setting: 'ALLOWED_ORIGINS',
});
