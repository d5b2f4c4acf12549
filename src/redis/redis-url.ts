/** The servers and credentials in `REDIS_URL`. */
export type RedisTarget = { readonly login: RedisLogin; readonly tls: boolean } & (
  | { readonly kind: 'standalone'; readonly address: RedisAddress; readonly db: number }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly sentinelLogin: RedisLogin;
      readonly master: string;
      readonly db: number;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] }
);

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

/** `REDIS_URL` is invalid. The message never includes the URL, which may contain a password. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError';
}

const SHAPE = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(\/[^?#]*)?(?:\?([^#]*))?$/;

/**
 * Parses `redis[s]://[user:pass@]host[:port][/db]`,
 * `redis[s]+sentinel://[user:pass@]h1[:p1],h2[:p2]/masterName[/db][?sentinelUsername=…&sentinelPassword=…]` and
 * `redis[s]+cluster://[user:pass@]h1[:p1],h2[:p2]`. Ports default to 6379, of sentinels to 26379.
 * @throws RedisUrlError
 */
export const parseRedisUrl = (url: string): RedisTarget => {
  const match = SHAPE.exec(url);
  if (match === null) throw new RedisUrlError('REDIS_URL is not of the form redis[s][+sentinel|+cluster]://host:port');
  const [, secure, kind, credentials, hosts = '', path = '', query = ''] = match;
  const common = { login: readLogin(credentials), tls: secure === 's' };
  const parts = path.split('/').slice(1).filter(Boolean).map(decode);
  const addresses = hosts.split(',').map((host) => readAddress(host, kind === 'sentinel' ? 26_379 : 6_379));
  if (kind === 'cluster') {
    if (parts.length > 0) throw new RedisUrlError('REDIS_URL names a database, but a Redis Cluster has only one');
    return { ...common, kind, nodes: addresses };
  }
  if (kind === 'sentinel') {
    const [master, db] = parts;
    if (master === undefined)
      throw new RedisUrlError('REDIS_URL of sentinels needs the name of the master: …/mymaster');
    return { ...common, kind, sentinels: addresses, sentinelLogin: readSentinelLogin(query), master, db: readDb(db) };
  }
  const [address, ...more] = addresses;
  if (address === undefined || more.length > 0) {
    throw new RedisUrlError('REDIS_URL has several hosts: use redis+sentinel:// or redis+cluster://');
  }
  return { ...common, kind: 'standalone', address, db: readDb(parts[0]) };
};

const readLogin = (credentials: string | undefined): RedisLogin => {
  if (!credentials) return {};
  const colon = credentials.indexOf(':');
  if (colon < 0) return { username: decode(credentials) };
  const username = decode(credentials.slice(0, colon));
  const password = decode(credentials.slice(colon + 1));
  return { ...(username && { username }), ...(password && { password }) };
};

const readSentinelLogin = (query: string): RedisLogin => {
  const parameters = new URLSearchParams(query);
  const username = parameters.get('sentinelUsername');
  const password = parameters.get('sentinelPassword');
  return { ...(username && { username }), ...(password && { password }) };
};

const readAddress = (text: string, fallback: number): RedisAddress => {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[3] ?? fallback);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535)
    throw new RedisUrlError('REDIS_URL has a host that is not host:port');
  return { host, port };
};

const readDb = (text = '0'): number => {
  if (!/^\d{1,4}$/.test(text)) throw new RedisUrlError('REDIS_URL has a database that is not a number');
  return Number(text);
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError('REDIS_URL has a percent sign that escapes nothing');
  }
};
