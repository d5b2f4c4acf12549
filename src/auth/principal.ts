import type { Role, UserId } from '@parley/protocol';

/** Who is asking: what a verified access token says, and nothing that a client merely claims. */
export interface Principal {
  readonly user: UserId;
  readonly name: string;
  /** `account`: of Parley's own. `guest`: bound to the rooms of its grants. `external`: of an outside issuer. */
  readonly kind: 'account' | 'guest' | 'external';
  /** Room id, or a pattern with `*` at its end, → role. */
  readonly grants: Readonly<Record<string, Role>>;
  /** Those of the grants' names whose rooms let guests in when the grant creates them. Default: none. */
  readonly guestRooms?: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tokenId: string;
}

/** Verifies access tokens; the gateway and REST ask the same one. */
export abstract class TokenVerifier {
  /**
   * @throws ProtocolError `token_invalid` or `token_expired`, or `unavailable` when the keys or the
   *   database cannot be asked.
   */
  abstract verify(token: string): Promise<Principal>;
}
