import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Named address ranges (RFC 1122, 1918, 4193, 4291, 6598). */
const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10'],
};

/** Makes a check for trusted proxies. @param proxies addresses, ranges, `loopback`, `private` */
export const trustedBy = (proxies: readonly string[]): ((address: string) => boolean) => {
  // Called for each upgrade, and a lookup in an empty BlockList is not free.
  if (proxies.length === 0) return () => false;
  const list = new BlockList();
  for (const range of proxies.flatMap((name) => NAMED_RANGES[name] ?? [name])) {
    const [address, bits] = range.split('/') as [string, string | undefined];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const plain = unmapped(address);
    const kind = isIP(plain);
    return kind !== 0 && list.check(plain, kind === 6 ? 'ipv6' : 'ipv4');
  };
};

/** The parts of a request that tell its origin. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * The client's address: the socket's, or, behind a trusted proxy, the right-most address of X-Forwarded-For that is
 * not a trusted proxy. Clients can forge everything to its left.
 */
export const clientAddress = ({ socket, headers }: Arrival, isTrusted: (address: string) => boolean): string => {
  let address = unmapped(socket.remoteAddress ?? '');
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
  const hops = forwarded.split(',').map((hop) => unmapped(hop.trim()));
  while (isTrusted(address)) {
    const hop = hops.pop();
    // The proxy did not add an address: the proxy itself is the last known one.
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
};

/** The network that limits apply to: an IPv4 address, or the /64 of an IPv6 address (RFC 6177). */
export const networkOf = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
};

/** Unmaps an IPv4-mapped IPv6 address of a dual-stack socket (RFC 4291 §2.5.5.2). */
const unmapped = (address: string): string =>
  /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice('::ffff:'.length) : address;
