import { isIPv4, isIPv6 } from 'node:net';

/** `scheme:host[:port][?query]` (RFC 7064 §3.1, RFC 7065 §3.1). */
const ICE_URL = /^(stuns?|turns?):(?:\[([^\]]*)\]|([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*))(?::(\d{1,5}))?(?:\?(.*))?$/;
/** Limit of a DNS name (RFC 1035 §2.3.4), as text. */
const MAX_HOST_CHARACTERS = 253;

const isHost = (name: string): boolean =>
  // What ends in a number is an IPv4 address or nothing (WHATWG URL §3.5).
  name.length <= MAX_HOST_CHARACTERS && (isIPv4(name) || !/(?:^|\.)\d+$/.test(name));

/**
 * Whether browsers accept the URL of an ICE server. One that they refuse makes `new RTCPeerConnection` throw in every
 * client. `stun:` and `stuns:` have no query (RFC 7064); `turn:` and `turns:` may have `?transport=udp` or
 * `?transport=tcp` (RFC 7065). There is no `//`, path, user or fragment, and a port is from 1 to 65535.
 */
export const isIceUrl = (text: string): boolean => {
  const [, scheme, ipv6, name, port = '3478', query] = ICE_URL.exec(text) ?? [];
  if (scheme === undefined || Number(port) < 1 || Number(port) > 65_535) return false;
  if (ipv6 === undefined ? !isHost(name ?? '') : !isIPv6(ipv6)) return false;
  return query === undefined || (scheme.startsWith('turn') && /^transport=(?:udp|tcp)$/.test(query));
};
