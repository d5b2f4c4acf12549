import { describe, expect, it } from '@jest/globals';
import { accountsOf, fresh, PASSWORD } from './accounts.js';
import { type Answer, problemOf, strip } from './rest-of.js';
import { hostileStage } from './stage.js';

const stage = hostileStage({
  REGISTER_BURST: '200',
  GUEST_BURST: '5',
  GUESTS_PER_MINUTE: '1',
  REFRESH_BURST: '5',
  REFRESHES_PER_MINUTE: '1',
  USER_REQUEST_BURST: '100',
  USER_REQUESTS_PER_SECOND: '1',
});

const { account, login, register } = accountsOf(stage);
const waits = (answer: Answer) => {
  expect(problemOf(answer)).toBe('429 rate_limited');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
};

describe('guessing', () => {
  it('R07 gets the same answer for an existing and an unknown account', async () => {
    const { username } = await account();
    const [known, unknown] = [await login(username, 'wrong'), await login(fresh(), 'wrong')];
    expect(problemOf(known)).toBe('401 invalid_credentials');
    expect(strip(known)).toEqual(strip(unknown));
    expect([...known.headers.keys()].sort()).toEqual([...unknown.headers.keys()].sort());
  });

  it('R08 of one password from one address ends after ten, and the user can still log in from elsewhere', async () => {
    const { username } = await account();
    const attacker = stage.rest();
    for (let n = 0; n < 10; n += 1) expect((await login(username, `guess ${n}`, attacker)).status).toBe(401);
    waits(await login(username, PASSWORD, attacker));
    expect((await login(username, PASSWORD)).status).toBe(200);
  });

  it('R08 of one password on many accounts from one address is limited', async () => {
    const attacker = stage.rest();
    const statuses = [];
    for (let n = 0; n < 210; n += 10) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => login(fresh(), 'Summer2026!', attacker)));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(200);
    expect(new Set(statuses.slice(200))).toEqual(new Set([429]));
    const { username } = await account();
    expect((await login(username, PASSWORD)).status).toBe(200);
  }, 60_000);

  it('R08 from a hundred addresses at one account is limited, for a while only', async () => {
    const { username, rest: home } = await account();
    for (let n = 0; n < 100; n += 20) await Promise.all(Array.from({ length: 20 }, () => login(username, 'guess')));
    const answer = await login(username, PASSWORD);
    waits(answer);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60);
    // Attackers cannot lock the user out of the account.
    expect((await login(username, PASSWORD, home)).status).toBe(200);
    waits(await login(username, PASSWORD));
  }, 60_000);

  it('R09 500 times at once is executed four at a time, or refused with `Retry-After`', async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, () => login(fresh(), 'guess')));
    expect(new Set(answers.map(problemOf))).toEqual(new Set(['401 invalid_credentials', '503 unavailable']));
    for (const { status, headers } of answers) if (status === 503) expect(headers.get('retry-after')).not.toBeNull();
    expect(problemOf(await login('someone', 'x'.repeat(129)))).toBe('400 bad_request');
    expect(problemOf(await login('someone', 'x'.repeat(1_000_000)))).toBe('413 payload_too_large');
  }, 60_000);

  it('R10 creates no second account whose name differs in case, lookalikes or spaces, and none with a common password', async () => {
    const { username } = await account();
    expect(problemOf(await register({ username: username.toUpperCase(), password: PASSWORD, displayName: 'A' }))).toBe(
      '409 username_taken',
    );
    for (const twin of [
      `${username} `,
      ` ${username}`,
      username.replace('r', 'г'),
      `${username}\u200b`,
      `${username}\u0301`,
    ]) {
      expect(problemOf(await register({ username: twin, password: PASSWORD, displayName: 'A' }))).toBe(
        '400 bad_request',
      );
    }
    for (const password of ['password', 'Password1', '12345678', 'qwertyuiop', 'short7!', '']) {
      expect(problemOf(await register({ username: fresh(), password, displayName: 'A' }))).toBe('400 bad_request');
    }
  });
});

describe('repeated requests', () => {
  it('are limited per address for guests and refreshes, and per user for every request', async () => {
    const { rest, token } = await account();
    const { id: room } = await rest.room(token);
    const [guests, refreshes] = [stage.rest(), stage.rest()];
    for (let n = 0; n < 5; n += 1) {
      expect((await guests.ask('POST', '/v1/auth/guest', { json: { displayName: 'G', room } })).status).toBe(201);
      expect((await refreshes.ask('POST', '/v1/auth/refresh', { json: { refreshToken: 'x' } })).status).toBe(401);
    }
    waits(await guests.ask('POST', '/v1/auth/guest', { json: { displayName: 'G', room } }));
    waits(await refreshes.ask('POST', '/v1/auth/refresh', { json: { refreshToken: 'x' } }));
    expect((await stage.rest().ask('POST', '/v1/auth/guest', { json: { displayName: 'G', room } })).status).toBe(201);
    const answers = await Promise.all(
      Array.from({ length: 130 }, () => stage.rest().ask('GET', '/v1/users/me', { token })),
    );
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    waits(limited[0] as Answer);
  });

  it('are limited per address for new accounts', async () => {
    const rest = stage.rest();
    const answers = [];
    for (let n = 0; n < 230; n += 10) {
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, () => register({ username: fresh(), password: PASSWORD, displayName: 'A' }, rest)),
        )),
      );
    }
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThan(215);
    waits(answers.at(-1) as Answer);
  }, 60_000);
});
