import { CHUNK_BYTES, type FileState, hasEnded } from './messages.js';

const MIN_CHUNK_BYTES = 16 * 1024;

/** A chunk that the other side's SCTP takes in one message (RFC 8841 §6.1): 16 to 64 KiB. */
export const chunkBytesFor = (maxMessageSize: number | undefined): number =>
  Math.max(MIN_CHUNK_BYTES, Math.min(CHUNK_BYTES, maxMessageSize ?? MIN_CHUNK_BYTES));

interface LegLike {
  readonly state: FileState;
  readonly bytes: number;
}

/** State of a file over all its transfers: in progress while one is, then the worst final state. */
export const overallState = (legs: readonly LegLike[]): FileState => {
  for (const state of ['moving', 'checking', 'waiting'] as const) {
    if (legs.some((leg) => leg.state === state)) return state;
  }
  const worst = (['corrupt', 'failed', 'refused', 'gone', 'cancelled'] as const).find((state) =>
    legs.some((leg) => leg.state === state),
  );
  return worst ?? 'done';
};

/** Progress of a file over all its transfers, 0 to 1. Failed transfers do not count. */
export const overallProgress = (legs: readonly LegLike[], size: number): number => {
  const counted = legs.filter(({ state }) => state === 'done' || !hasEnded(state));
  if (counted.length === 0) return legs.length > 0 && size > 0 ? Math.max(...legs.map(({ bytes }) => bytes)) / size : 0;
  const sum = counted.reduce(
    (total, { state, bytes }) => total + (state === 'done' ? 1 : size > 0 ? bytes / size : 0),
    0,
  );
  return sum / counted.length;
};

/** A size in bytes as readable text: 812 bytes, 14 kB, 5.2 MB. */
export const bytesInWords = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
};
