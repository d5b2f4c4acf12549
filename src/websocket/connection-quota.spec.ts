import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ConnectionQuota } from './connection-quota.js';

const LIMITS = {
  maxPerAddress: 3,
  maxUnauthenticatedPerAddress: 2,
  maxUnauthenticated: 5,
  framesPerAddress: { burst: 4, perSecond: 1 },
};

const enter = (quota: ConnectionQuota, address: string) => {
  const socket = new EventEmitter();
  return { socket, refusal: quota.admit(socket, address) };
};

describe('sockets of one address', () => {
  it('are refused when too many are unauthenticated, while other addresses are accepted', () => {
    const quota = new ConnectionQuota(LIMITS);
    expect([enter(quota, 'a'), enter(quota, 'a'), enter(quota, 'a')].map(({ refusal }) => refusal)).toEqual([
      undefined,
      undefined,
      429,
    ]);
    expect(enter(quota, 'b').refusal).toBeUndefined();
    expect([quota.unauthenticated, quota.refused]).toEqual([3, 1]);
  });

  it('are refused when too many are open, regardless of their users', () => {
    const quota = new ConnectionQuota(LIMITS);
    for (let n = 0; n < 3; n += 1) quota.leaseOf(enter(quota, 'a').socket)?.authenticated();
    expect(enter(quota, 'a').refusal).toBe(429);
    expect(quota.unauthenticated).toBe(0);
  });

  it('count together within one IPv6 network', () => {
    const quota = new ConnectionQuota(LIMITS);
    enter(quota, '2001:db8::1');
    enter(quota, '2001:db8::2');
    expect(enter(quota, '2001:db8::3').refusal).toBe(429);
    expect(enter(quota, '2001:db8:0:1::3').refusal).toBeUndefined();
  });

  it('are refused with 503 when the node has too many unauthenticated ones', () => {
    const quota = new ConnectionQuota(LIMITS);
    for (let n = 0; n < 5; n += 1) enter(quota, `${n}`);
    expect(enter(quota, 'another').refusal).toBe(503);
  });

  it('are no longer counted once they are closed', () => {
    const quota = new ConnectionQuota(LIMITS);
    const sockets = ['a', 'a', 'b'].map((address) => enter(quota, address).socket);
    quota.leaseOf(sockets[0] as EventEmitter)?.authenticated();
    for (const socket of sockets) socket.emit('close');
    expect([quota.addresses, quota.unauthenticated]).toEqual([0, 0]);
  });

  it('leave nothing in memory when they are refused', () => {
    const quota = new ConnectionQuota({ ...LIMITS, maxUnauthenticated: 1 });
    for (let n = 0; n < 10_000; n += 1) enter(quota, `${n}`);
    expect([quota.addresses, quota.refused]).toEqual([1, 9_999]);
  });

  const connect = (quota: ConnectionQuota, address: string) => {
    const socket = new EventEmitter();
    return { socket, accepted: quota.connect(socket, address) };
  };

  it('count once, as a connection and as the WebSocket that it becomes', () => {
    const quota = new ConnectionQuota({ ...LIMITS, maxUnauthenticatedPerAddress: 10 });
    const [first, idle, last] = ['a', 'a', 'a'].map((address) => connect(quota, address).socket) as EventEmitter[];
    expect([quota.admit(first as EventEmitter, 'a'), quota.admit(last as EventEmitter, 'a')]).toEqual([
      undefined,
      undefined,
    ]);
    const excess = connect(quota, 'a').socket;
    expect([quota.isExcess(idle as EventEmitter), quota.isExcess(excess), quota.admit(excess, 'a')]).toEqual([
      false,
      true,
      429,
    ]);
    for (const socket of [first, idle, last, excess]) socket?.emit('close');
    expect([quota.addresses, quota.unauthenticated]).toEqual([0, 0]);
  });

  it('far beyond the limit are closed without an answer', () => {
    const quota = new ConnectionQuota(LIMITS);
    const accepted = Array.from({ length: 100 }, () => connect(quota, 'a').accepted).filter(Boolean);
    expect(accepted).toHaveLength(LIMITS.maxPerAddress + 64);
    expect(connect(quota, 'b').accepted).toBe(true);
  });

  it('share one frame rate regardless of their users, and other addresses have their own', () => {
    const quota = new ConnectionQuota(LIMITS, () => 0);
    const ratesOf = (address: string) => quota.leaseOf(enter(quota, address).socket)?.frames;
    const [first, second, other] = [ratesOf('2001:db8::1'), ratesOf('2001:db8::2'), ratesOf('2001:db8:0:1::1')];
    expect([1, 2, 3, 4, 5].map((n) => (n % 2 === 0 ? first : second)?.take(0))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(other?.take(0)).toBe(true);
  });
});
