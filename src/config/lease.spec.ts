import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

describe("a node's timings", () => {
  it('are those of the table in docs/architecture.md', () => {
    expect(readConfig({}).lease).toEqual({ leaseMs: 10_000, renewMs: 3_000, sweepMs: 2_000, reconcileMs: 5_000 });
  });

  it.each([
    [{ NODE_LEASE_MS: '7000' }, 'NODE_LEASE_MS'],
    [{ NODE_RENEW_MS: '4500' }, 'NODE_LEASE_MS'],
    [{ NODE_SWEEP_MS: '10001' }, 'NODE_SWEEP_MS'],
    [{ NODE_RECONCILE_MS: 'soon' }, 'NODE_RECONCILE_MS'],
  ])('are refused as %j', (environment, name) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(name);
  });
});
