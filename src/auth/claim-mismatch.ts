import { Logger } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import type { JwtConfig } from '../config/config.js';

/** One line per claim and this time, so that a flood of tokens does not flood the log. */
const LOG_EVERY_MS = 10_000;
const MAX_LOGGED = 200;

const SETTINGS = { iss: 'JWT_ISSUER', aud: 'JWT_AUDIENCE' } as const;

/** A claim that must match a setting. */
export type MatchedClaim = keyof typeof SETTINGS;

export const isMatchedClaim = (claim: string): claim is MatchedClaim => Object.hasOwn(SETTINGS, claim);

/**
 * Reports tokens with a valid signature and a wrong issuer or audience: usually a wrong setting. The log names claim,
 * setting and both values; the response names claim and setting, in development only.
 */
export class ClaimMismatch {
  private readonly quietUntil: Record<MatchedClaim, number> = { iss: 0, aud: 0 };

  constructor(
    private readonly expected: Pick<JwtConfig, 'issuer' | 'audience'>,
    private readonly production: boolean,
    private readonly log: Pick<Logger, 'warn'> = new Logger('Tokens'),
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns the error for the response */
  report(claim: MatchedClaim, value: unknown): ProtocolError {
    const setting = SETTINGS[claim];
    const expected = claim === 'iss' ? this.expected.issuer : this.expected.audience;
    if (this.now() >= this.quietUntil[claim]) {
      this.quietUntil[claim] = this.now() + LOG_EVERY_MS;
      const given = value === undefined ? 'missing' : JSON.stringify(value).slice(0, MAX_LOGGED);
      this.log.warn(
        `Token refused: its ${claim} claim is ${given}, and ${setting} is ${JSON.stringify(expected)}. Tokens work once the two match.`,
      );
    }
    if (this.production) return new ProtocolError('token_invalid');
    return new ProtocolError('token_invalid', `The token's ${claim} claim does not match ${setting}.`);
  }
}
