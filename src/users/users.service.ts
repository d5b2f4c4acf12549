import { Injectable } from '@nestjs/common';
import { ID_PATTERN, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { type AccountAction, AuditStore, accountAuditEntry } from '../audit/audit.store.js';
import { LoginAttempts } from '../auth/login-attempts.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import { decideForServer } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import { EventOutbox } from '../bus/events/event-outbox.js';
import type { Actor } from '../rooms/moderation/actor.js';
import type { DeleteMeRequest, UpdateMeRequest } from './dto/users.requests.js';
import type { MeResponse, UserResponse } from './dto/users.responses.js';
import { type User, UsersStore } from './users.store.js';

/** Tolerated clock difference between two nodes. */
const CLOCK_SKEW_MS = 2_000;

/** Reads and changes the current account, and reads other users' profiles. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersStore,
    private readonly hasher: PasswordHasher,
    private readonly attempts: LoginAttempts,
    private readonly events: EventOutbox,
    private readonly audit: AuditStore,
  ) {}

  async me({ user, name, kind }: Principal): Promise<MeResponse> {
    if (!decideForServer({ user, kind }, 'account.read')) throw new ProtocolError('forbidden');
    if (kind !== 'account') return { id: user, displayName: name, kind };
    return describe(await this.mustFind(user));
  }

  async read(principal: Principal, id: string): Promise<UserResponse> {
    if (!decideForServer(principal, 'user.read')) throw new ProtocolError('forbidden');
    const user = ID_PATTERN.test(id) ? await this.users.find(id) : undefined;
    if (user === undefined) throw new ProtocolError('not_found');
    return { id: user.id, displayName: user.displayName };
  }

  /** A new password revokes every token and session of the account, including the caller's. */
  async update(by: Actor, request: UpdateMeRequest): Promise<MeResponse> {
    const { displayName, password, currentPassword } = request;
    let user = await this.account(by.principal);
    if (password !== undefined) {
      await this.prove(by, user, currentPassword ?? '');
      const passwordHash = await this.hasher.hash(password, { address: by.ip ?? '', account: user.usernameKey });
      user = (await this.revoke(by, 'account.password', { passwordHash })) ?? user;
    }
    if (displayName !== undefined) user = (await this.users.rename(user.id, displayName)) ?? user;
    return describe(user);
  }

  /** Revokes every token and session of the account on all nodes, including the caller's. */
  async logOutEverywhere(by: Actor): Promise<void> {
    await this.account(by.principal);
    await this.revoke(by, 'auth.logout_all');
  }

  /** Deletes the account, its tokens and its rooms. */
  async remove(by: Actor, { password }: DeleteMeRequest): Promise<void> {
    const user = await this.account(by.principal);
    await this.prove(by, user, password);
    const before = boundary();
    const rooms = await this.users.remove(user.id, before, accountAuditEntry('account.delete', user.id, by.ip));
    await this.publishRevoked(user.id, before);
    for (const room of rooms) await this.events.publish({ fact: 'room_closed', room: room as RoomId });
  }

  private async revoke(
    { principal: { user }, ip }: Actor,
    action: AccountAction,
    change: { readonly passwordHash?: string } = {},
  ): Promise<User | undefined> {
    const validAfter = boundary();
    const changed = await this.users.revoke(user, { validAfter, ...change }, accountAuditEntry(action, user, ip));
    await this.publishRevoked(user, validAfter);
    return changed;
  }

  private publishRevoked(user: string, before: Date): Promise<void> {
    return this.events.publish({ fact: 'user_revoked', user: user as UserId, before: before.getTime() });
  }

  private async prove({ ip }: Actor, user: User, password: string): Promise<void> {
    const forgive = await this.attempts.begin(user.usernameKey, ip ?? '');
    if (!(await this.hasher.verify(user.passwordHash, password, { address: ip ?? '', account: user.usernameKey }))) {
      await this.audit.write(accountAuditEntry('account.password_refused', user.id, ip));
      throw new ProtocolError('invalid_credentials');
    }
    forgive();
  }

  private async account({ kind, user }: Principal): Promise<User> {
    if (!decideForServer({ user, kind }, 'account.change')) {
      throw new ProtocolError(kind === 'guest' ? 'forbidden' : 'accounts_disabled');
    }
    return this.mustFind(user);
  }

  /** The token of a deleted user is invalid, even while its revocation is not cached yet. */
  private async mustFind(id: string): Promise<User> {
    const user = await this.users.find(id);
    if (user === undefined) throw new ProtocolError('token_invalid');
    return user;
  }
}

/**
 * The time before which tokens are revoked. It is slightly in the future, because another node's clock may be ahead.
 * New tokens are never dated earlier (see `TokenIssuer`).
 */
const boundary = (): Date => new Date(Date.now() + CLOCK_SKEW_MS);

const describe = ({ id, username, displayName, createdAt }: User): MeResponse => ({
  id,
  username,
  displayName,
  kind: 'account',
  createdAt: createdAt.toISOString(),
});
