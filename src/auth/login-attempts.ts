import { Injectable } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store.js';
import { networkOf } from '../http/client-address.js';
import { UsersStore } from '../users/users.store.js';
import { LoginThrottle } from './login-throttle.js';

/**
 * Limits attempts to log in. While an account is under a distributed guessing attack, users on a network that it
 * logged in from before may still try: an attacker with many addresses cannot lock the owner out.
 */
@Injectable()
export class LoginAttempts {
  constructor(
    private readonly throttle: LoginThrottle,
    private readonly users: UsersStore,
    private readonly audit: AuditStore,
  ) {}

  /**
   * Counts an attempt before the password is verified.
   * @param usernameKey of the account, whether or not it exists
   * @returns a function to call when the password was right; it takes the failure back
   * @throws ProtocolError `rate_limited` with the time until the next attempt is allowed
   */
  async begin(usernameKey: string, address: string): Promise<() => void> {
    const isKnownNetwork = this.throttle.isUnderAttack(usernameKey) && (await this.wasHere(usernameKey, address));
    return this.throttle.attempt(usernameKey, address, { isKnownNetwork });
  }

  private async wasHere(usernameKey: string, address: string): Promise<boolean> {
    const user = await this.users.findByKey(usernameKey);
    if (user === undefined) return false;
    const network = networkOf(address);
    return (await this.audit.signedInFrom(user.id)).some((ip) => networkOf(ip) === network);
  }
}
