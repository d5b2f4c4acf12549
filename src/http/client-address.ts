import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The ranges that one word stands for (RFC 1122, 1918, 4193, 4291, 6598). */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10'],
};

/** Addresses of the proxies that an operator named. @param proxies addresses, ranges, `loopback`, `private` */
export const trustedBy = (proxies: readonly string[]): ((address: string) => boolean) => {
  // Asked for each upgrade: to look into an empty list costs 3 µs.
  if (proxies.length === 0) return () => false;
  const list = new BlockList();
  for (const range of proxies.flatMap((name) => WORDS[name] ?? [name])) {
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

/** What of a request says where it comes from. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * Where a request comes from: the socket's own address, or, when that is a trusted proxy, the right-most address
 * of X-Forwarded-For that is not one. What stands left of it is the client's own word.
 */
export const clientAddress = ({ socket, headers }: Arrival, isTrusted: (address: string) => boolean): string => {
  let address = unmapped(socket.remoteAddress ?? '');
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
  const hops = forwarded.split(',').map((hop) => unmapped(hop.trim()));
  while (isTrusted(address)) {
    const hop = hops.pop();
    // A proxy that adds something else than an address is as far as we can see.
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
};

/** What limits count an address as: itself, or the /64 that an IPv6 customer has for his own (RFC 6177). */
export const networkOf = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
};

/** An IPv4 address as a dual-stack socket shows it (RFC 4291 §2.5.5.2) is that IPv4 address. */
const unmapped = (address: string): string =>
  /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice('::ffff:'.length) : address;
