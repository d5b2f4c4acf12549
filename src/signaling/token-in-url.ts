/** Parameters that carry a token elsewhere (RFC 6750 §2.3). */
const NAMES = ['token', 'access_token'] as const;

/**
 * Whether the URL of an upgrade has a token, which proxies and servers would log. Such a socket is refused even before
 * its `hello`, so that a client that works by accident is not shipped.
 * @param url path and query, as in `IncomingMessage.url`
 */
export const hasTokenInUrl = (url = ''): boolean => {
  const start = url.indexOf('?');
  if (start < 0) return false;
  const query = new URLSearchParams(url.slice(start + 1));
  return NAMES.some((name) => query.has(name));
};
