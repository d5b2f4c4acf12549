import type { Role, UserId } from '@parley/protocol';

/** The authenticated user, from a verified access token. Nothing in it is a client's unverified claim. */
export interface Principal {
  readonly user: UserId;
  readonly name: string;
  /** `account`: registered here. `guest`: limited to the rooms of its grants. `external`: from another issuer. */
  readonly kind: 'account' | 'guest' | 'external';
  /** Room id, or a pattern with `*` at its end, → role. */
  readonly grants: Readonly<Record<string, Role>>;
  /** Keys of `grants` whose rooms allow guests when the grant creates them. Default: none. */
  readonly guestRooms?: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tokenId: string;
}

/** Verifies access tokens, for REST and the gateway. */
export abstract class TokenVerifier {
  /**
   * @throws ProtocolError `token_invalid`, `token_expired`, or `unavailable` when neither keys nor database can be
   *   reached and nothing is cached.
   */
  abstract verify(token: string): Promise<Principal>;
}
