import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError, type UserId } from '@parley/protocol';
import { AuditStore, accountAuditEntry } from '../audit/audit.store.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { newId } from '../ids/new-id.js';
import { PolicyFacts } from '../rooms/policy-facts.js';
import { usernameKey } from '../users/username.js';
import { type User, UsersStore } from '../users/users.store.js';
import type { GuestRequest, LoginRequest, RegisterRequest } from './dto/auth.requests.js';
import type { TokensResponse } from './dto/auth.responses.js';
import { LoginAttempts } from './login-attempts.js';
import { PasswordHasher } from './password-hasher.js';
import { decide, decideForServer } from './policy.js';
import type { Principal } from './principal.js';
import { type RefreshGrant, RefreshTokensStore } from './refresh-tokens.store.js';
import { refusalOf } from './refusal.js';
import { TokenIssuer } from './token-issuer.js';

/** The user that tokens are issued to. */
type Identity = TokensResponse['user'];

/** The grant of a guest's tokens. */
type GuestGrant = RefreshGrant & { readonly guest: NonNullable<RefreshGrant['guest']> };

const isOfGuest = (grant: RefreshGrant): grant is GuestGrant => grant.guest !== null;

/** Registers accounts, logs users in, admits guests and exchanges refresh tokens. */
@Injectable()
export class AuthService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UsersStore,
    private readonly facts: PolicyFacts,
    private readonly hasher: PasswordHasher,
    private readonly attempts: LoginAttempts,
    private readonly refreshTokens: RefreshTokensStore,
    private readonly issuer: TokenIssuer,
    private readonly audit: AuditStore,
  ) {}

  async register({ username, password, displayName }: RegisterRequest, address: string): Promise<TokensResponse> {
    this.refuseWithoutAccounts();
    const key = usernameKey(username);
    const passwordHash = await this.hasher.hash(password, { address, account: key });
    const user = await this.users.insert({
      id: `u_${newId(20)}`,
      username,
      usernameKey: key,
      displayName,
      passwordHash,
      validAfter: new Date(),
    });
    if (user === undefined) throw new ProtocolError('username_taken');
    await this.audit.write(accountAuditEntry('auth.register', user.id, address, { username }));
    return this.enter(user);
  }

  async login({ username, password }: LoginRequest, address: string): Promise<TokensResponse> {
    this.refuseWithoutAccounts();
    const key = usernameKey(username);
    const forgive = await this.attempts.begin(key, address);
    const user = await this.users.findByKey(key);
    if (!(await this.hasher.verify(user?.passwordHash, password, { address, account: key })) || user === undefined) {
      // The same work whether or not the user exists, so that the response time does not tell.
      await this.audit.write({ ...accountAuditEntry('auth.login_failed', null, address), target: key });
      throw new ProtocolError('invalid_credentials');
    }
    forgive();
    await this.audit.write(accountAuditEntry('auth.login', user.id, address));
    return this.enter(user);
  }

  async guest({ displayName, room }: GuestRequest, address: string): Promise<TokensResponse> {
    this.refuseWithoutAccounts();
    const grant = { subject: `g_${newId(20)}`, guest: { name: displayName, room } };
    await this.requireOpenTo(grant);
    const refreshToken = await this.refreshTokens.begin(grant, this.guestRefreshSeconds);
    if (refreshToken === undefined) throw new ProtocolError('refresh_invalid');
    await this.audit.write(accountAuditEntry('auth.guest', grant.subject, address, { room }));
    return this.guestTokens(grant.subject, displayName, room, refreshToken);
  }

  async refresh(refreshToken: string, address: string): Promise<TokensResponse> {
    this.refuseWithoutAccounts();
    const known = await this.refreshTokens.find(refreshToken);
    // Checked before rotation: a room that is closed to guests for a while does not consume the refresh token.
    if (known !== undefined && isOfGuest(known)) await this.requireOpenTo(known);
    // A user who is removed during this request must not get a token dated after the removal.
    const asOf = Date.now();
    const seconds = known?.guest ? this.guestRefreshSeconds : this.config.jwt.refreshTokenSeconds;
    const rotated = await this.refreshTokens.rotate(refreshToken, seconds, address);
    if (rotated === undefined) throw new ProtocolError('refresh_invalid');
    const { grant, next, account } = rotated;
    if (grant.guest !== null) return this.guestTokens(grant.subject, grant.guest.name, grant.guest.room, next, asOf);
    if (account === undefined) throw new ProtocolError('refresh_invalid');
    return this.accountTokens(account, next);
  }

  async logout(refreshToken: string, address: string): Promise<void> {
    this.refuseWithoutAccounts();
    await this.refreshTokens.endFamilyOf(refreshToken, address);
  }

  private async enter(user: User): Promise<TokensResponse> {
    const grant = { subject: user.id, guest: null };
    const token = await this.refreshTokens.begin(grant, this.config.jwt.refreshTokenSeconds, user.validAfter);
    if (token === undefined) throw new ProtocolError('invalid_credentials');
    return this.accountTokens(user, token);
  }

  private accountTokens(user: User, refreshToken: string): TokensResponse {
    const { id, displayName, username } = user;
    const identity: Identity = { id, displayName, username, kind: 'account' };
    if (!decideForServer({ user: id as UserId, kind: 'account' }, 'account.token'))
      throw new ProtocolError('forbidden');
    return this.tokens(identity, {}, this.config.jwt.accessTokenSeconds, refreshToken, user.validAfter.getTime());
  }

  private guestTokens(id: string, displayName: string, room: string, refreshToken: string, asOf?: number) {
    const identity: Identity = { id, displayName, kind: 'guest' };
    return this.tokens(identity, { [room]: 'guest' }, this.config.jwt.guestTokenSeconds, refreshToken, 0, asOf);
  }

  private tokens(
    user: Identity,
    grants: Record<string, 'guest'>,
    expiresIn: number,
    refreshToken: string,
    notBefore: number,
    asOf?: number,
  ): TokensResponse {
    const { id, displayName: name, kind } = user;
    const accessToken = this.issuer.issue({ id, name, kind, grants, notBefore, asOf }, expiresIn);
    return { accessToken, refreshToken, expiresIn, user };
  }

  /**
   * Checks that this guest may have a token for its room, at the first one and at each refresh.
   * @throws ProtocolError `room_not_found`, also when the room exists and allows no guests; `banned`
   */
  private async requireOpenTo({ subject, guest: { name, room } }: GuestGrant): Promise<void> {
    const now = Date.now();
    const grants = { [room]: 'guest' } as const;
    const times = { issuedAt: now, expiresAt: now + this.config.jwt.guestTokenSeconds * 1000 };
    const principal: Principal = { user: subject as UserId, name, kind: 'guest', grants, ...times, tokenId: '' };
    const attributes = await this.facts.of(subject, room);
    const decision = decide(principal, 'guest.token', attributes);
    if (!decision.allowed) throw refusalOf(decision.code, principal, attributes.removedAt);
  }

  /** @throws ProtocolError `accounts_disabled` when an external issuer manages the users */
  private refuseWithoutAccounts(): void {
    if (this.config.jwt.jwksUrl !== undefined) throw new ProtocolError('accounts_disabled');
  }

  private get guestRefreshSeconds(): number {
    return Math.min(this.config.jwt.refreshTokenSeconds, 86_400);
  }
}
