import { ProtocolError } from '@parley/protocol';
import type { Principal } from '../../auth/principal.js';
import type { BridgeServices } from '../bridge.js';

/**
 * Whether a client is let in. When it is not: how long it is left to idle before it is closed, milliseconds. Closed at
 * once it would be back at once, with the same URL, for as long as its page is open; and left for ever it would never
 * use the fresh URL that its application may have given it meanwhile.
 */
export type Admission = { readonly isIn: true; readonly principal: Principal | undefined } | Refusal;

interface Refusal {
  readonly isIn: false;
  readonly idleMs: number;
}

export const ANONYMOUS: Admission = { isIn: true, principal: undefined };

/** For a client without a good token. */
export const REFUSED: Refusal = { isIn: false, idleMs: 60_000 };
/** For one whose token could not be looked at. */
const UNDECIDED: Refusal = { isIn: false, idleMs: 5_000 };

/** Never rejects. @param token from the query string */
export const admissionOf = async (
  token: string | null,
  { verifier, log }: Pick<BridgeServices, 'verifier' | 'log'>,
): Promise<Admission> => {
  if (token === null) return REFUSED;
  try {
    return { isIn: true, principal: await verifier.verify(token) };
  } catch (error) {
    if (error instanceof ProtocolError) return error.code === 'unavailable' ? UNDECIDED : REFUSED;
    log.error(error, 'a token could not be verified in the bridge y_webrtc');
    return UNDECIDED;
  }
};
