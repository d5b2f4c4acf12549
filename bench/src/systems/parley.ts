import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningOf, startServer } from './server-process.js';
import type { Ground, Running, System } from './system.js';

const MUCH = '100000000';

/**
 * The rates that the load itself would hit, which comes from a few addresses and sends what thousands of people would.
 * Every limit is there and is asked for each frame; only its number is greater. Nothing else is set but what a node
 * needs.
 */
const RAISED: Readonly<Record<string, string>> = {
  FRAME_BURST: MUCH,
  FRAMES_PER_SECOND: MUCH,
  BYTE_BURST: MUCH,
  BYTES_PER_SECOND: MUCH,
  REQUEST_BURST: MUCH,
  REQUESTS_PER_SECOND: MUCH,
  ADDRESS_FRAME_BURST: MUCH,
  ADDRESS_FRAMES_PER_SECOND: MUCH,
  USER_FRAME_BURST: MUCH,
  USER_FRAMES_PER_SECOND: MUCH,
  BROADCAST_BURST: MUCH,
  BROADCASTS_PER_SECOND: MUCH,
  ROOM_DELIVERY_BURST: MUCH,
  ROOM_DELIVERIES_PER_SECOND: MUCH,
  HANDSHAKE_BURST: MUCH,
  HANDSHAKES_PER_SECOND: MUCH,
  MAX_GRANTED_ROOMS_PER_USER: MUCH,
  MAX_PEERS_PER_USER: MUCH,
  MAX_SOCKETS_PER_ADDRESS: MUCH,
  MAX_UNAUTHENTICATED_SOCKETS: MUCH,
  MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: MUCH,
};

/** Flags for profiling: `--cpu-prof --cpu-prof-dir=DIR`, or `--perf-basic-prof` under perf. */
const PROFILING = process.env['PARLEY_BENCH_NODE_FLAGS']?.split(' ') ?? [];

/**
 * Starts nodes as an operator does.
 * @param flags for Node, for example those of heap snapshots
 */
export const startParley = async (
  { secret, nodeOptions, redis, createDatabase }: Ground,
  count: number,
  limits: 'raised' | 'default',
  flags: readonly string[] = [],
): Promise<Running> => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const shared = {
    DATABASE_URL: await createDatabase(),
    JWT_SECRET: secret,
    HOST: '127.0.0.1',
    PORT: '0',
    NODE_ENV: 'production',
    NODE_OPTIONS: nodeOptions,
    ...(count > 1 && redis !== undefined && { REDIS_URL: redis.url }),
    ...(limits === 'raised' && RAISED),
  };
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      startServer(
        [...flags, ...PROFILING, 'dist/main.js'],
        { ...shared, NODE_ID: `n${i + 1}`, DATA_DIR: join(folder, String(i)) },
        /Parley is ready:\s+http:\/\/[^:]+:(\d+)/,
      ),
    ),
  );
  return runningOf(nodes, () => rmSync(folder, { recursive: true, force: true }));
};

export const parley: System = { name: 'parley', dialect: 'parley', start: startParley };
export const parleyAcked: System = { name: 'parley-acked', dialect: 'parley-acked', start: startParley };
