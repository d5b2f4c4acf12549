import { isIPv4 } from 'node:net';

/** Matches `scheme://host[:port]`, with an optional slash at the end. The host may begin with `*.`. */
const ORIGIN =
  /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?((?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };
const MAX_ORIGIN_CHARACTERS = 512;

/**
 * Writes an origin as browsers do (RFC 6454 §6.2): lower case, without the default port. Schemes of app shells such as
 * `capacitor:` are accepted.
 * @param text an origin, or a pattern `https://*.example.com`
 * @returns undefined when it is neither
 */
export const normalizeOrigin = (text: string): string | undefined => {
  if (text.length > MAX_ORIGIN_CHARACTERS) return undefined;
  const [, scheme = '', wildcard = '', host = '', port] = ORIGIN.exec(text) ?? [];
  if (host === '' || Number(port ?? 0) > 65_535) return undefined;
  const lower = scheme.toLowerCase();
  const isDefault = port === undefined || port === DEFAULT_PORTS[lower];
  return `${lower}://${wildcard}${host.toLowerCase()}${isDefault ? '' : `:${port}`}`;
};

/** An entry of ALLOWED_ORIGINS: `*`, an origin or a pattern. @returns undefined when it is none of these */
export const parseAllowedOrigin = (text: string): string | undefined => (text === '*' ? '*' : normalizeOrigin(text));

/** Decides which web pages may open sockets and call REST: the same for both. */
export class AllowedOrigins {
  private readonly exact: ReadonlySet<string>;
  /** The parts before and after `*` of each pattern. */
  private readonly patterns: readonly (readonly [string, string])[];
  private readonly all: boolean;

  /**
   * @param entries results of {@link parseAllowedOrigin}
   * @param loopback true: also allows the pages of this machine, on any port, as in development
   */
  constructor(
    entries: readonly string[],
    private readonly loopback: boolean,
  ) {
    this.all = entries.includes('*');
    this.exact = new Set(entries.filter((entry) => !entry.includes('*')));
    this.patterns = entries
      .filter((entry) => entry.includes('://*.'))
      .map((entry) => entry.split('*') as [string, string]);
  }

  /**
   * Decides on a request. One without an Origin is not from a web page.
   * @param host the Host header: a page of this server may always call it
   */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.all) return true;
    const normal = normalizeOrigin(origin);
    if (normal === undefined || normal.includes('*')) return false;
    const scheme = normal.slice(0, normal.indexOf(':'));
    // A Host may name the default port; an origin never does.
    if (host !== undefined && normalizeOrigin(`${scheme}://${host}`) === normal) return true;
    return this.exact.has(normal) || this.matchesPattern(normal) || (this.loopback && isLoopback(normal));
  }

  private matchesPattern(origin: string): boolean {
    return this.patterns.some(
      ([start, end]) => origin.length > start.length + end.length && origin.startsWith(start) && origin.endsWith(end),
    );
  }
}

/** Whether an origin is of this machine: localhost (RFC 6761 §6.3) or a loopback address. */
const isLoopback = (origin: string): boolean => {
  const host = /^https?:\/\/(\[[^\]]*\]|[^:]*)/.exec(origin)?.[1] ?? '';
  if (host === '[::1]' || host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIPv4(host) && host.startsWith('127.');
};
