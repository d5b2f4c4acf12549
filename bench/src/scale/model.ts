import { FULL, MEASURED } from './costs.js';

/** What many people do. */
export interface Load {
  readonly peers: number;
  readonly nodes: number;
  readonly peersPerRoom: number;
  /** Signals that a peer sends, in the long run. A call sends some thirty at its beginning and few after. */
  readonly signalsPerPeerPerSecond: number;
  readonly joinsPerSecond: number;
  /** What a batch gathers: a turn of the event loop or the round trip to Redis, whichever is longer. */
  readonly gatherMs: number;
}

export interface Cost {
  /** Of the signals, how many have their receiver on another node. */
  readonly remoteShare: number;
  readonly commandsPerSignal: number;
  /** Cores of all nodes together. */
  readonly nodeCores: number;
  readonly redis: {
    readonly commandsPerSecond: number;
    /** Cores for the bus, for joins and reconciliation of rooms, and for the index, which cannot be split today. */
    readonly busCores: number;
    readonly roomCores: number;
    readonly indexCores: number;
    /**
     * Masters at 70 % of a core each; beyond the first the index has its own, and more than one for it are more than
     * there can be.
     */
    readonly shards: number;
    readonly megabitsPerSecond: number;
  };
  readonly nodeMebibytes: number;
  /** What fills its one core first when the load grows; the bus and the rooms spread over masters. */
  readonly first: 'index' | 'nodes';
}

/** What a load costs, with peers of a room on nodes by chance: no balancer knows of rooms. */
export const costOf = (load: Load): Cost => {
  const { peers, nodes, peersPerRoom, gatherMs } = load;
  const signals = peers * load.signalsPerPeerPerSecond;
  const remoteShare = 1 - 1 / nodes;
  // From one node to one other: the first signal opens a batch, and those of the gathering time join it.
  const perRoute = nodes > 1 ? (signals * remoteShare) / (nodes * (nodes - 1)) : 0;
  const commandsPerSignal = remoteShare / (1 + (perRoute * gatherMs) / 1000);
  const publishes = signals * commandsPerSignal;
  // Each node reconciles each room that it has a peer of.
  const nodesOfRoom = nodes * (1 - (1 - 1 / nodes) ** peersPerRoom);
  const reconciles = ((peers / peersPerRoom) * nodesOfRoom) / MEASURED.reconcileEverySeconds;
  const touches = reconciles + load.joinsPerSecond;
  const cores = (perSecond: number, us: number) => (perSecond * us) / 1e6;

  const busCores = cores(publishes, MEASURED.publishUs);
  const indexCores = cores(touches, MEASURED.touchUs);
  const roomCores = cores(reconciles, MEASURED.reconcileUs) + cores(load.joinsPerSecond, MEASURED.joinUs) - indexCores;
  const nodeCores =
    cores(signals * (1 - remoteShare), MEASURED.localSignalUs) +
    cores(signals * remoteShare, MEASURED.remoteSignalUs) +
    cores(publishes, MEASURED.batchUs) +
    cores(load.joinsPerSecond, MEASURED.arrivalUs) +
    cores(peers / MEASURED.heartbeatEverySeconds, MEASURED.heartbeatUs);
  const total = busCores + roomCores + indexCores;
  const carried = signals * remoteShare * (MEASURED.signalBytes + MEASURED.envelopeBytes);
  return {
    remoteShare,
    commandsPerSignal,
    nodeCores,
    redis: {
      commandsPerSecond: publishes + touches * (1 + 1 / MEASURED.roomsATouch),
      ...{ busCores, roomCores, indexCores },
      shards: total <= FULL ? 1 : Math.ceil((busCores + roomCores) / FULL) + Math.ceil(indexCores / FULL),
      // In and out again, in bits.
      megabitsPerSecond: (2 * 8 * carried) / 1e6,
    },
    nodeMebibytes: ((peers / nodes) * MEASURED.sessionKib) / 1024,
    first: indexCores > nodeCores / nodes ? 'index' : 'nodes',
  };
};
