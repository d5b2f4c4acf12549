import { describe, expect, it } from '@jest/globals';
import { Latency } from './latency.js';

describe('latencies', () => {
  it('have quantiles within one bucket of the exact value', () => {
    const latency = new Latency();
    for (let ms = 1; ms <= 1_000; ms += 1) latency.add(ms);
    expect(latency.quantile(0.5) / 500).toBeCloseTo(1, 1);
    expect(latency.quantile(0.99) / 990).toBeCloseTo(1, 1);
  });

  it('are never below the measured value', () => {
    const latency = new Latency();
    latency.add(3);
    expect(latency.quantile(0.5)).toBeGreaterThanOrEqual(3);
  });

  it('count values below and above their buckets', () => {
    const latency = new Latency();
    latency.add(0);
    latency.add(1e9);
    expect(latency.count).toBe(2);
    expect(latency.quantile(0.5)).toBeLessThan(0.01);
    expect(latency.quantile(1)).toBeGreaterThan(60_000);
  });

  it('are empty after a reset', () => {
    const latency = new Latency();
    latency.add(3);
    latency.reset();
    expect(latency.quantile(0.5)).toBeNaN();
  });
});
