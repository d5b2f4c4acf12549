/** Whether media flows directly between the peers, or through a TURN server (RFC 8656). */
export type Route = 'direct' | 'relayed' | 'unknown';

/**
 * Quality of a connection. `good`: below the thresholds of the others. `fair`: round trip over 250 ms or loss over 3 %.
 * `poor`: over 500 ms or 10 %. `lost`: no connection now. `unknown`: not measured yet.
 */
export type Quality = 'good' | 'fair' | 'poor' | 'lost' | 'unknown';

/** Measurements of a connection. Rates and loss cover the time since the previous call of `stats()`. */
export interface PeerStats {
  /** Round-trip time of the selected candidate pair, in milliseconds. */
  readonly roundTripTimeMs?: number;
  /** Received media and data, in kilobits per second. Absent on the first call. */
  readonly inboundKbps?: number;
  /** Sent media and data, in kilobits per second. Absent on the first call. */
  readonly outboundKbps?: number;
  /** Share of the incoming RTP packets that were lost, 0 to 1. Absent if none were expected. */
  readonly packetLoss?: number;
  readonly route: Route;
  readonly quality: Quality;
}

/** What is used of the many dictionaries of W3C webrtc-stats. */
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly state?: string;
  readonly nominated?: boolean;
  readonly selected?: boolean;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly currentRoundTripTime?: number;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly packetsLost?: number;
  readonly packetsReceived?: number;
}

interface Sample {
  readonly at: number;
  readonly pair: string;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly arrived: number;
}

const selectedPair = (entries: ReadonlyMap<string, Entry>): Entry | undefined => {
  const all = [...entries.values()];
  const named = all.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId);
  return (
    entries.get(named?.selectedCandidatePairId ?? '') ??
    // Firefox has no transport entry and marks the pair itself.
    all.find(
      ({ type, selected, nominated, state }) =>
        type === 'candidate-pair' && (selected || (nominated && state === 'succeeded')),
    )
  );
};

const routeOf = (pair: Entry, entries: ReadonlyMap<string, Entry>): Route => {
  const types = [pair.localCandidateId, pair.remoteCandidateId].map((id) => entries.get(id ?? '')?.candidateType);
  if (types.includes('relay')) return 'relayed';
  return types.every((type) => type !== undefined) ? 'direct' : 'unknown';
};

const qualityOf = (state: RTCPeerConnectionState, roundTripTimeMs: number | undefined, loss: number | undefined) => {
  if (state === 'failed' || state === 'disconnected' || state === 'closed') return 'lost';
  if (state !== 'connected' || (roundTripTimeMs === undefined && loss === undefined)) return 'unknown';
  if ((roundTripTimeMs ?? 0) > 500 || (loss ?? 0) > 0.1) return 'poor';
  return (roundTripTimeMs ?? 0) > 250 || (loss ?? 0) > 0.03 ? 'fair' : 'good';
};

/** @internal Computes {@link PeerStats} from `getStats()` (W3C webrtc-stats). Keeps the last sample for the rates. */
export class StatsMeter {
  #last: Sample | undefined;

  /** `now` in milliseconds, from a monotonic clock. */
  measure(report: RTCStatsReport, state: RTCPeerConnectionState, now: number): PeerStats {
    const entries = new Map<string, Entry>();
    report.forEach((entry: Entry) => {
      entries.set(entry.id, entry);
    });
    const pair = selectedPair(entries);
    if (!pair) return { route: 'unknown', quality: qualityOf(state, undefined, undefined) };
    const inbound = [...entries.values()].filter(({ type }) => type === 'inbound-rtp');
    const sample: Sample = {
      at: now,
      pair: pair.id,
      sent: pair.bytesSent ?? 0,
      received: pair.bytesReceived ?? 0,
      lost: inbound.reduce((sum, { packetsLost }) => sum + (packetsLost ?? 0), 0),
      arrived: inbound.reduce((sum, { packetsReceived }) => sum + (packetsReceived ?? 0), 0),
    };
    // Another pair counts from zero again.
    const last = this.#last?.pair === pair.id && now > this.#last.at ? this.#last : undefined;
    this.#last = sample;
    const roundTripTimeMs = pair.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime * 1_000;
    const lost = Math.max(0, sample.lost - (last?.lost ?? 0));
    const expected = lost + Math.max(0, sample.arrived - (last?.arrived ?? 0));
    const packetLoss = expected > 0 ? lost / expected : undefined;
    return {
      ...(roundTripTimeMs === undefined ? {} : { roundTripTimeMs }),
      ...(last === undefined
        ? {}
        : {
            inboundKbps: (Math.max(0, sample.received - last.received) * 8) / (now - last.at),
            outboundKbps: (Math.max(0, sample.sent - last.sent) * 8) / (now - last.at),
          }),
      ...(packetLoss === undefined ? {} : { packetLoss }),
      route: routeOf(pair, entries),
      quality: qualityOf(state, roundTripTimeMs, packetLoss),
    };
  }
}
