import { describe, expect, it } from '@jest/globals';
import { activityWords } from './activity-words.js';

const NAMES: Readonly<Record<string, string>> = { u_a: 'Ada', g_g: 'Gusta' };
const nameOf = (user: string) => NAMES[user] ?? 'A guest';
const line = (action: string, details: Record<string, unknown> = {}, target: string | null = 'g_g') => ({
  ...{ id: 1, at: '2026-11-26T12:00:00Z', actor: 'u_a', action, target, details },
});

describe('an audit entry as a sentence', () => {
  it.each([
    [line('room.lock', {}, null), 'Ada locked the room'],
    [line('member.kick'), 'Ada removed Gusta'],
    [line('member.kick', { reason: 'Shouting' }), 'Ada removed Gusta: Shouting'],
    [line('member.ban', { reason: 'Gusta — Sang — loudly' }), 'Ada banned Gusta: Sang — loudly'],
    [line('member.ban', { reason: 'Gusta' }), 'Ada banned Gusta'],
    [line('member.permit', { publish: false, chat: true }), 'Ada turned off mic and camera and allowed chat for Gusta'],
    [line('member.set', { role: 'moderator' }), 'Ada made Gusta a moderator'],
    [line('invite.create', { uses: 5 }, null), 'Ada created an invite for 5 people'],
    [line('invite.create', { uses: null }, null), 'Ada created an invite for anyone with the link'],
    [line('lobby.admit', {}, 'g_x'), 'Ada admitted A guest'],
    [line('room.paint', {}, null), 'Ada: room.paint'],
    [{ ...line('room.unlock', {}, null), actor: null }, 'The server unlocked the room'],
  ])('%#', (given, words) => expect(activityWords(given, nameOf)).toBe(words));
});
