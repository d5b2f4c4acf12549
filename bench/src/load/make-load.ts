import type { Dialect } from './dialect.js';
import { nest } from './dialects/nest.js';
import { parley, parleyAcked } from './dialects/parley.js';
import { peerServer } from './dialects/peer-server.js';
import { socketIo } from './dialects/socket-io.js';
import { wsRelay } from './dialects/ws-relay.js';
import { yWebrtc } from './dialects/y-webrtc.js';
import type { Load } from './load.js';
import { CallLoad } from './loads/call-load.js';
import { ChurnLoad } from './loads/churn-load.js';
import { FanOutLoad } from './loads/fan-out-load.js';
import { FixedRateLoad } from './loads/fixed-rate-load.js';
import { FloodLoad } from './loads/flood-load.js';
import { IdleLoad } from './loads/idle-load.js';
import { PairLoad } from './loads/pair-load.js';
import { RecoveryLoad } from './loads/recovery-load.js';
import { RoomLoad } from './loads/room-load.js';
import { StormLoad } from './loads/storm-load.js';

const DIALECTS = {
  parley,
  'parley-acked': parleyAcked,
  'ws-relay': wsRelay,
  nest,
  'peer-server': peerServer,
  'socket-io': socketIo,
  'y-webrtc': yWebrtc,
} satisfies Record<string, Dialect>;

const LOADS = {
  pairs: PairLoad,
  storm: StormLoad,
  rooms: RoomLoad,
  idle: IdleLoad,
  'fan-out': FanOutLoad,
  calls: CallLoad,
  recovery: RecoveryLoad,
  'fixed-rate': FixedRateLoad,
  flood: FloodLoad,
  churn: ChurnLoad,
} as const;

export type DialectName = keyof typeof DIALECTS;

type LoadName = keyof typeof LOADS;

/** A load with its options and dialect, sent to the generator's process as JSON. */
export type LoadSpec = {
  [Name in LoadName]: {
    readonly dialect: DialectName;
    readonly load: Name;
    readonly options: ConstructorParameters<(typeof LOADS)[Name]>[1];
  };
}[LoadName];

export const makeLoad = ({ dialect, load, options }: LoadSpec): Load => {
  const make = LOADS[load] as new (dialect: Dialect, options: LoadSpec['options']) => Load;
  return new make(DIALECTS[dialect], options);
};
