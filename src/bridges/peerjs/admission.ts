import { createHash } from 'node:crypto';
import { ProtocolError } from '@parley/protocol';
import type { Principal, TokenVerifier } from '../../auth/principal.js';
import { errorFrame, INVALID_KEY, isPeerId } from './frames.js';
import type { PeerjsSettings } from './settings.js';

/** Who a client is, once its query was looked at. */
export interface Admitted {
  readonly tenant: string;
  readonly id: string;
  readonly proof: string;
  /** Undefined: anonymous. */
  readonly principal: Principal | undefined;
}

/** Why not: the frame to say before the close, or nothing when it is worth to come again. */
export interface Rejected {
  readonly frame: string | undefined;
}

/** Two dots are what no key of ours has, and every token (RFC 7519 §7.2). */
const isJwt = (text: string): boolean => text.split('.').length === 3;

const refuse = (msg: string): Rejected => ({ frame: errorFrame(msg) });

/** Looks at what a client brings: `id`, `token` and `key` in its query. Words and order as PeerServer has them. */
export const admit = async (
  query: URLSearchParams,
  settings: PeerjsSettings,
  verifier: TokenVerifier,
): Promise<Admitted | Rejected> => {
  const [id, token, key] = ['id', 'token', 'key'].map((name) => query.get(name) ?? '') as [string, string, string];
  if (id === '' || token === '' || key === '') return refuse('No id, token, or key supplied to websocket server');
  const keyIsToken = isJwt(key);
  if (!keyIsToken && !settings.keys.includes(key)) return refuse('Invalid key provided');
  if (!isPeerId(id)) return refuse('Invalid id provided');
  const jwt = keyIsToken ? key : settings.needsToken ? token : undefined;
  const principal = jwt === undefined ? undefined : await principalOf(jwt, verifier);
  if (principal !== undefined && 'frame' in principal) return principal;
  if (settings.idIsSubject && principal?.user !== id) return refuse('The id is not the subject of the token');
  const tenant = keyIsToken ? (settings.keys[0] as string) : key;
  // A token that is renewed is another string of the same owner; with the token as `key`, `token` is the client's own secret.
  const owner = principal === undefined ? [token] : keyIsToken ? [principal.user, token] : [principal.user, ''];
  return { tenant, id, principal, proof: createHash('sha256').update(JSON.stringify(owner)).digest('base64url') };
};

/** For the list of peers: the tenant whose names a key may see, or undefined. */
export const tenantOf = async (
  key: string,
  settings: PeerjsSettings,
  verifier: TokenVerifier,
): Promise<string | undefined> => {
  if (!isJwt(key)) return settings.needsToken || !settings.keys.includes(key) ? undefined : key;
  const principal = await principalOf(key, verifier);
  return 'frame' in principal ? undefined : settings.keys[0];
};

const principalOf = async (jwt: string, verifier: TokenVerifier): Promise<Principal | Rejected> => {
  try {
    return await verifier.verify(jwt);
  } catch (error) {
    // After a word of refusal the client is over for good: while the keys cannot be asked it is just cut off.
    const isRefusal = error instanceof ProtocolError && error.code !== 'unavailable';
    return { frame: isRefusal ? INVALID_KEY : undefined };
  }
};
