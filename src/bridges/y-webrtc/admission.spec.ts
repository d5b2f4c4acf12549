import { describe, expect, it, jest } from '@jest/globals';
import { ProtocolError } from '@parley/protocol';
import { decideForTopic } from '../../auth/policy.js';
import type { Principal } from '../../auth/principal.js';
import type { BridgeSocket } from '../bridge.js';
import { admissionOf } from './admission.js';
import { IdleClients } from './idle-clients.js';

const principal = (more: Partial<Principal>): Principal => ({ kind: 'external', grants: {}, ...more }) as Principal;
const errors: unknown[] = [];
const services = (verify: () => Promise<Principal>) => ({
  verifier: { verify },
  log: { info() {}, warn() {}, error: (error: unknown) => errors.push(error) },
});
const failing = (error: Error) => services(() => Promise.reject(error));

describe('who comes with a token', () => {
  it('is let in when it is good', async () => {
    const who = principal({});
    expect(
      await admissionOf(
        't',
        services(async () => who),
      ),
    ).toEqual({ isIn: true, principal: who });
  });

  it('idles long when it is not, or when there is none', async () => {
    const refused = { isIn: false, idleMs: 60_000 };
    expect(await admissionOf(null, failing(new Error('not asked')))).toEqual(refused);
    expect(await admissionOf('t', failing(new ProtocolError('token_expired')))).toEqual(refused);
    expect(errors).toEqual([]);
  });

  it('idles shortly when it could not be verified, and a fault of ours is told of', async () => {
    const undecided = { isIn: false, idleMs: 5_000 };
    expect(await admissionOf('t', failing(new ProtocolError('unavailable')))).toEqual(undecided);
    const fault = new Error('ours');
    expect(await admissionOf('t', failing(fault))).toEqual(undecided);
    expect(errors).toEqual([fault]);
  });

  it('may use the rooms that the token names, and all when it names none', () => {
    const one = principal({ grants: { 'team-*': 'member', lobby: 'guest' } });
    expect(['team-1', 'lobby', 'lobby2', 'x'].map((room) => decideForTopic(one, room))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([undefined, principal({})].map((who) => decideForTopic(who, 'x'))).toEqual([true, true]);
    expect(decideForTopic(principal({ kind: 'guest' }), 'x')).toBe(false);
  });
});

describe('those who idle', () => {
  it('are no more than may be, and are forgotten when they go', () => {
    const admitted: number[] = [];
    const socket = (n: number) => ({ admit: () => admitted.push(n) > 0, close: () => {} }) as unknown as BridgeSocket;
    const idleClients = new IdleClients(2);
    const [one, two, three] = [socket(1), socket(2), socket(3)] as [BridgeSocket, BridgeSocket, BridgeSocket];
    for (const each of [one, two, three]) idleClients.keep(each, 60_000);
    expect([admitted, idleClients.size]).toEqual([[1, 2], 2]);
    idleClients.forget(one);
    idleClients.keep(three, 60_000);
    expect([admitted, idleClients.size]).toEqual([[1, 2, 3], 2]);
    for (const each of [two, three]) idleClients.forget(each);
    expect(idleClients.size).toBe(0);
  });

  it('are closed in the end', () => {
    jest.useFakeTimers();
    const codes: number[] = [];
    const idleClient = { admit: () => true, close: (code: number) => codes.push(code) } as unknown as BridgeSocket;
    new IdleClients(1).keep(idleClient, 60_000);
    jest.advanceTimersByTime(59_999);
    expect(codes).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(codes).toEqual([4501]);
    jest.useRealTimers();
  });
});
