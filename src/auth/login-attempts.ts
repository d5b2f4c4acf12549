import { Injectable } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store.js';
import { networkOf } from '../http/client-address.js';
import { UsersStore } from '../users/users.store.js';
import { LoginThrottle } from './login-throttle.js';

/**
 * Lets somebody try the password of an account. While an account is guessed at from everywhere, whoever signed in
 * from the same network before is let try all the same: a stranger with many addresses locks nobody out at home.
 */
@Injectable()
export class LoginAttempts {
  constructor(
    private readonly throttle: LoginThrottle,
    private readonly users: UsersStore,
    private readonly audit: AuditStore,
  ) {}

  /**
   * @param usernameKey of the account, whether there is one or not
   * @returns to be called when the password was right
   * @throws ProtocolError `rate_limited` with the time until it may be tried again
   */
  async begin(usernameKey: string, address: string): Promise<() => void> {
    const isAtHome = this.throttle.isGuessedAt(usernameKey) && (await this.wasHere(usernameKey, address));
    return this.throttle.attempt(usernameKey, address, { isAtHome });
  }

  private async wasHere(usernameKey: string, address: string): Promise<boolean> {
    const user = await this.users.findByKey(usernameKey);
    if (user === undefined) return false;
    const network = networkOf(address);
    return (await this.audit.signedInFrom(user.id)).some((ip) => networkOf(ip) === network);
  }
}
