import { describe, expect, it } from '@jest/globals';
import { decide } from './policy.js';
import type { Principal } from './principal.js';
import { refusalOf, revokedToken } from './refusal.js';

const SECOND_OF_REMOVAL = 1_800_000_000_000;
const REMOVED_AT = SECOND_OF_REMOVAL + 400;
const refusal = (issuedAt: number, now: number) => refusalOf('removed', { issuedAt }, REMOVED_AT, now);

describe('the refusal of a user who was removed', () => {
  it('says that a token is from the second of the removal, and how long to wait for a newer one', () => {
    const error = refusal(SECOND_OF_REMOVAL, REMOVED_AT + 100);
    expect(error.message).toContain('in the second in which this token was issued');
    expect(error.details.retryAfterMs).toBe(500);
  });

  it('says how long an issuer of whole seconds takes to a valid token, with an older token too', () => {
    expect(refusal(SECOND_OF_REMOVAL - 60_000, REMOVED_AT).details.retryAfterMs).toBe(600);
    expect(refusal(SECOND_OF_REMOVAL - 60_000, REMOVED_AT + 600).details).toEqual({});
  });

  it('asks for no wait where the issuer writes milliseconds', () => {
    expect(refusal(REMOVED_AT - 1, REMOVED_AT).details).toEqual({});
  });

  it('ends with the wait: the policy then allows a token of that moment', () => {
    const room = { id: 'r', owner: 'ada', access: 'open' as const, locked: false, guestsAllowed: false };
    const principal = { user: 'bob', kind: 'external', grants: {} } as unknown as Principal;
    const ask = (issuedAt: number) =>
      decide({ ...principal, issuedAt }, 'room.join', { room, membership: 'member', removedAt: REMOVED_AT }).allowed;
    const now = REMOVED_AT + 100;
    const waited = now + (refusal(SECOND_OF_REMOVAL, now).details.retryAfterMs as number);
    expect([ask(SECOND_OF_REMOVAL), ask(Math.floor(waited / 1_000) * 1_000)]).toEqual([false, true]);
  });

  it('leaves every other refusal as it is', () => {
    expect(refusalOf('banned', { issuedAt: 0 }, REMOVED_AT, 0)).toMatchObject({ code: 'banned', details: {} });
  });
});

describe('the refusal of a revoked token', () => {
  it('gives the reason, and the time to wait while a new token would be refused as well', () => {
    const error = revokedToken({ issuedAt: SECOND_OF_REMOVAL }, REMOVED_AT, REMOVED_AT - 2_000);
    expect(error).toMatchObject({ code: 'token_invalid', details: { retryAfterMs: 2_600 } });
    expect(error.message).toContain('were revoked');
  });

  it('gives no time where no token will work', () => {
    expect(revokedToken({ issuedAt: 0 }, Number.POSITIVE_INFINITY, 0).details).toEqual({});
  });
});
