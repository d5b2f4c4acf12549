import { describe, expect, it } from '@jest/globals';
import { clientAddress, networkOf, trustedBy } from './client-address.js';

const ask = (proxies: string[], remoteAddress: string, forwarded?: string | string[]): string =>
  clientAddress(
    { socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded as string } },
    trustedBy(proxies),
  );

describe("a client's address", () => {
  it("is the socket's without a trusted proxy, whatever the header says", () => {
    expect(ask([], '203.0.113.9', '1.2.3.4')).toBe('203.0.113.9');
    expect(ask(['10.0.0.0/8'], '203.0.113.9', '1.2.3.4')).toBe('203.0.113.9');
  });

  it('is the right-most that is not a trusted proxy', () => {
    const forged = Array.from({ length: 50 }, (_, n) => `1.2.3.${n}`).join(', ');
    expect(ask(['10.0.0.0/8'], '10.0.0.1', `${forged}, 198.51.100.7, 10.0.0.2`)).toBe('198.51.100.7');
    expect(ask(['private', 'loopback'], '::ffff:127.0.0.1', '198.51.100.7, 192.168.1.1')).toBe('198.51.100.7');
    expect(ask(['2001:db8::1'], '2001:db8::1', '2001:db8:1::9')).toBe('2001:db8:1::9');
  });

  it("is the last proxy's when that one adds no valid address", () => {
    expect(ask(['10.0.0.1'], '10.0.0.1')).toBe('10.0.0.1');
    for (const untrusted of ['<script>', '', 'unknown', '1.2.3', '10.0.0.1\u0000', '"[::1]:80"']) {
      expect(ask(['10.0.0.1'], '10.0.0.1', untrusted)).toBe('10.0.0.1');
    }
    expect(ask(['10.0.0.1'], '10.0.0.1', '10.0.0.1, 10.0.0.1')).toBe('10.0.0.1');
  });

  it('counts as its /64 when it is IPv6', () => {
    expect(networkOf('198.51.100.7')).toBe('198.51.100.7');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:0db8:1:2::6')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8::6')).toBe('2001:db8:0:0::/64');
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
  });
});
