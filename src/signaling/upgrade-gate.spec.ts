import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../config/config.js';
import type { Drain } from './drain.js';
import { upgradeGate } from './upgrade-gate.js';

const request = (headers: Record<string, string> = {}) => ({ headers }) as unknown as IncomingMessage;

const gate = (environment: Record<string, string> = {}, refusing = false) => {
  const clock = { now: 0 };
  const ask = upgradeGate(readConfig(environment), { refusing } as Drain, () => clock.now);
  return { ask, clock };
};

describe('who may open a socket', () => {
  it('is refused with 503 and a time when too many come at once, and let in later', () => {
    const { ask, clock } = gate({ HANDSHAKE_BURST: '2', HANDSHAKES_PER_SECOND: '1' });
    expect([ask(request()), ask(request())]).toEqual([undefined, undefined]);
    expect(ask(request())).toEqual({ status: 503, retryAfterSeconds: 1 });
    clock.now += 1_000;
    expect(ask(request())).toBeUndefined();
  });

  it('does not let a page that may not come here use up the pace', () => {
    const { ask } = gate({ HANDSHAKE_BURST: '1', HANDSHAKES_PER_SECOND: '1' });
    expect(ask(request({ host: 'parley.example', origin: 'https://evil.example' }))).toEqual({ status: 403 });
    expect(ask(request({ host: 'parley.example', origin: 'https://parley.example' }))).toBeUndefined();
  });

  it('is refused by a node that is going away', () => {
    expect(gate({}, true).ask(request())).toEqual({ status: 503, retryAfterSeconds: 1 });
  });
});
