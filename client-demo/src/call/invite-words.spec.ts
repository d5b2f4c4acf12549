import { describe, expect, it } from '@jest/globals';
import { inviteWords } from './invite-words.js';

const invite = { id: 'i', role: 'member' as const, usesLeft: null, expiresAt: null };
const NOW = Date.parse('2026-11-26T12:00:00Z');
const HOUR_MS = 3_600_000;
const after = (ms: number) => new Date(NOW + ms).toISOString();

describe('an invite as text', () => {
  it.each([
    [{}, 'Any number of people, until it is revoked'],
    [{ usesLeft: 1 }, 'One more person, until it is revoked'],
    [{ usesLeft: 5, expiresAt: after(50 * HOUR_MS) }, '5 more people, for another 2 days'],
    [{ expiresAt: after(7 * 24 * HOUR_MS - 900) }, 'Any number of people, for another 7 days'],
    [{ expiresAt: after(24 * HOUR_MS - 900) }, 'Any number of people, for another 1 day'],
    [{ expiresAt: after(HOUR_MS) }, 'Any number of people, for another 1 hour'],
    [{ expiresAt: after(-1) }, 'Any number of people, for another 1 minute'],
    [{ role: 'moderator' as const, usesLeft: 1 }, 'One more person, until it is revoked, as moderators'],
  ])('%j is “%s”', (more, words) => expect(inviteWords({ ...invite, ...more }, NOW)).toBe(words));
});
