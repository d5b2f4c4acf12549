import type { PeerStats } from '@parley/client';

type Quality = PeerStats['quality'];

const LIT: Readonly<Record<Quality, number>> = { good: 3, fair: 2, poor: 1, lost: 0, unknown: 0 };

/** The text of the bars for screen readers. */
export const QUALITY_WORDS: Readonly<Record<Quality, string>> = {
  good: 'good connection',
  fair: 'fair connection',
  poor: 'poor connection',
  lost: 'no connection',
  unknown: 'connection not measured yet',
};

/** Connection quality as three bars. */
export const Bars = ({ quality }: { quality: Quality }) => (
  <svg class={`bars ${quality}`} viewBox="0 0 16 14" aria-hidden="true" focusable="false">
    {[0, 1, 2].map((at) => (
      <rect
        key={at}
        class={at < LIT[quality] ? 'lit' : ''}
        x={at * 6}
        y={9 - at * 4.5}
        width="4"
        height={5 + at * 4.5}
        rx="1.4"
      />
    ))}
  </svg>
);

const rate = (kbps: number | undefined): string => {
  if (kbps === undefined) return '–';
  return kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbps)} kbit/s`;
};

const ROUTE_WORDS = { direct: 'Direct', relayed: 'Relayed', unknown: '–' } as const;

/** Round trip time, rates, loss and route of one connection. */
export const Numbers = ({ stats }: { stats: PeerStats | undefined }) => (
  <dl class="numbers" data-testid="tile-numbers">
    <dt>Round trip</dt>
    <dd>{stats?.roundTripTimeMs === undefined ? '–' : `${Math.round(stats.roundTripTimeMs)} ms`}</dd>
    <dt>In</dt>
    <dd>{rate(stats?.inboundKbps)}</dd>
    <dt>Out</dt>
    <dd>{rate(stats?.outboundKbps)}</dd>
    <dt>Lost</dt>
    <dd>{stats?.packetLoss === undefined ? '–' : `${(stats.packetLoss * 100).toFixed(1)} %`}</dd>
    <dt>Route</dt>
    <dd data-testid="tile-route">{ROUTE_WORDS[stats?.route ?? 'unknown']}</dd>
  </dl>
);
