/** Where the lines go: pino, or what stands in for it. */
export interface SecurityLines {
  warn(fields: object, message: string): void;
}

/** What was refused, why and to whom. Never a token, a key or what a client sent beside names of ours. */
export interface Refused {
  readonly reason: string;
  readonly address: string | undefined;
  readonly user?: string | undefined;
  readonly requestId?: string | undefined;
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly closeCode?: number | undefined;
}

/** Lines a second; a flood of refusals must not be a flood of lines. What is left out is counted in the next one. */
const MAX_PER_SECOND = 50;

/** One structured line for each refusal that somebody on guard wants to see (OWASP ASVS 5.0 V16.3). */
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
