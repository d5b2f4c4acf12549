import { randomBytes } from 'node:crypto';
import type { Stage } from './stage.js';

export const PASSWORD = 'plum tractor sings 42';

/** Makes an unused user name. */
export const fresh = (): string => `r${randomBytes(8).toString('hex')}`;

/** Users with a password, each from its own address by default. */
export const accountsOf = (stage: Stage) => {
  const register = (json: object, rest = stage.rest()) => rest.ask('POST', '/v1/auth/register', { json });
  const login = (username: string, password: string, rest = stage.rest()) =>
    rest.ask('POST', '/v1/auth/login', { json: { username, password } });
  const account = async (rest = stage.rest()) => {
    const username = fresh();
    const { body } = await register({ username, password: PASSWORD, displayName: 'Ada' }, rest);
    return { rest, username, token: body.accessToken as string, id: body.user.id as string };
  };
  return { register, login, account };
};
