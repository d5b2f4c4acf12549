import { Injectable } from '@nestjs/common';
import { ID_PATTERN, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { LoginThrottle } from '../auth/login-throttle.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import type { Principal } from '../auth/principal.js';
import { Announcer } from '../bus/announcer.js';
import type { DeleteMeRequest, UpdateMeRequest } from './dto/users.requests.js';
import type { MeResponse, UserResponse } from './dto/users.responses.js';
import { type User, UsersStore } from './users.store.js';

/** One's own account, and the names of others. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersStore,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly announcer: Announcer,
  ) {}

  async me({ user, name, kind }: Principal): Promise<MeResponse> {
    if (kind !== 'account') return { id: user, displayName: name, kind };
    return describe(await this.mustFind(user));
  }

  async read(principal: Principal, id: string): Promise<UserResponse> {
    if (principal.kind === 'guest') throw new ProtocolError('forbidden');
    const user = ID_PATTERN.test(id) ? await this.users.find(id) : undefined;
    if (user === undefined) throw new ProtocolError('not_found');
    return { id: user.id, displayName: user.displayName };
  }

  /** A new password ends every token and session of the account, the caller's too. */
  async update(principal: Principal, request: UpdateMeRequest, address: string): Promise<MeResponse> {
    const { displayName, password, currentPassword } = request;
    let user = await this.account(principal);
    if (password !== undefined) {
      await this.prove(user, currentPassword ?? '', address);
      const validAfter = new Date();
      user = (await this.users.changePassword(user.id, await this.hasher.hash(password), validAfter)) ?? user;
      await this.announceRevoked(user, validAfter);
    }
    if (displayName !== undefined) user = (await this.users.rename(user.id, displayName)) ?? user;
    return describe(user);
  }

  /** The account, its tokens and its rooms end. */
  async remove(principal: Principal, { password }: DeleteMeRequest, address: string): Promise<void> {
    const user = await this.account(principal);
    await this.prove(user, password, address);
    const rooms = await this.users.remove(user.id);
    await this.announceRevoked(user, new Date());
    for (const room of rooms) await this.announcer.tell({ fact: 'room_closed', room: room as RoomId });
  }

  private announceRevoked({ id }: User, before: Date): Promise<void> {
    return this.announcer.tell({ fact: 'user_revoked', user: id as UserId, before: before.getTime() });
  }

  private async prove(user: User, password: string, address: string): Promise<void> {
    const forgive = this.throttle.attempt(user.usernameKey, address);
    if (!(await this.hasher.verify(user.passwordHash, password))) throw new ProtocolError('invalid_credentials');
    forgive();
  }

  private async account({ kind, user }: Principal): Promise<User> {
    if (kind === 'guest') throw new ProtocolError('forbidden');
    if (kind === 'external') throw new ProtocolError('accounts_disabled');
    return this.mustFind(user);
  }

  /** The token of a user who is gone counts no more, whatever is remembered of it. */
  private async mustFind(id: string): Promise<User> {
    const user = await this.users.find(id);
    if (user === undefined) throw new ProtocolError('token_invalid');
    return user;
  }
}

const describe = ({ id, username, displayName, createdAt }: User): MeResponse => ({
  id,
  username,
  displayName,
  kind: 'account',
  createdAt: createdAt.toISOString(),
});
