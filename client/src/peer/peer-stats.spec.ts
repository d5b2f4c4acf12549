import { describe, expect, it } from '@jest/globals';
import { StatsMeter } from './peer-stats.js';

const report = (pair: object, more: object[] = []) =>
  new Map(
    [
      { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
      { id: 'P', type: 'candidate-pair', state: 'succeeded', localCandidateId: 'L', remoteCandidateId: 'R', ...pair },
      { id: 'L', type: 'local-candidate', candidateType: 'host' },
      { id: 'R', type: 'remote-candidate', candidateType: 'srflx' },
      ...more,
    ].map((entry) => [(entry as { id: string }).id, entry]),
  ) as unknown as RTCStatsReport;

describe('the stats of a peer', () => {
  it('gives rates over the time between two calls, in kilobits a second', () => {
    const meter = new StatsMeter();
    const first = meter.measure(
      report({ bytesSent: 1_000, bytesReceived: 0, currentRoundTripTime: 0.02 }),
      'connected',
      0,
    );
    expect(first).toEqual({ roundTripTimeMs: 20, route: 'direct', quality: 'good' });
    const second = meter.measure(report({ bytesSent: 126_000, bytesReceived: 250_000 }), 'connected', 1_000);
    expect(second).toMatchObject({ outboundKbps: 1_000, inboundKbps: 2_000 });
  });

  it('starts again when another candidate pair is selected', () => {
    const meter = new StatsMeter();
    meter.measure(report({ bytesSent: 1_000_000 }), 'connected', 0);
    const other = new Map<string, object>([
      ['Q', { id: 'Q', type: 'candidate-pair', nominated: true, state: 'succeeded', bytesSent: 10 }],
    ]);
    const stats = meter.measure(other as unknown as RTCStatsReport, 'connected', 1_000);
    expect(stats.outboundKbps).toBeUndefined();
    expect(stats.route).toBe('unknown');
  });

  it('says relayed when either candidate is a relay', () => {
    const relayed = report({}, [{ id: 'R', type: 'remote-candidate', candidateType: 'relay' }]);
    expect(new StatsMeter().measure(relayed, 'connected', 0).route).toBe('relayed');
  });

  it.each([
    [{ currentRoundTripTime: 0.1 }, 0, 'good'],
    [{ currentRoundTripTime: 0.3 }, 0, 'fair'],
    [{ currentRoundTripTime: 0.6 }, 0, 'poor'],
    [{ currentRoundTripTime: 0.1 }, 5, 'fair'],
    [{ currentRoundTripTime: 0.1 }, 20, 'poor'],
  ])('calls %j with %i %% of loss %s', (pair, lost, quality) => {
    const rtp = { id: 'I', type: 'inbound-rtp', packetsLost: lost, packetsReceived: 100 - lost };
    expect(new StatsMeter().measure(report(pair, [rtp]), 'connected', 0).quality).toBe(quality);
  });

  it('calls a broken connection lost, and one that is not measured unknown', () => {
    expect(new StatsMeter().measure(report({}), 'failed', 0).quality).toBe('lost');
    expect(new StatsMeter().measure(new Map() as never, 'new', 0)).toEqual({ route: 'unknown', quality: 'unknown' });
  });
});
