/**
 * What single things cost, in µs of CPU on the machine of docs/performance.md, and how large they are. From `npm run
 * bench` (relay, storm, idle) and `npm run bench -- redis`, all but the idle sockets on two nodes; docs/scale.md says
 * which run.
 */
export const MEASURED = {
  /** A signal whose two peers are on one node: read, routed, written. */
  localSignalUs: 5.5,
  /** The same over two nodes, on both together, without the batch that carries it. */
  remoteSignalUs: 9,
  /** What a batch costs its two nodes, however many signals are in it. */
  batchUs: 9,
  /** Who comes: connection, token, the room's roster told to the others. */
  arrivalUs: 400,
  /** A heartbeat to one socket, and the answer. */
  heartbeatUs: 20,
  heartbeatEverySeconds: 5,
  /** What a PUBLISH of one signal costs Redis: read, executed, handed to the one subscriber. */
  publishUs: 7.5,
  /** Redis, for a join: `attach`, and its part of a `touch`. */
  joinUs: 28,
  /**
   * Redis, for a node that compares one of its rooms with the store and finds it as it was: `reconcile`, and its part
   * of a `touch`.
   */
  reconcileUs: 22,
  /** The part of these two that is in the index of rooms, which lives in one slot. */
  touchUs: 3.3,
  /**
   * Rooms that one `touch` writes into the index. A round of comparisons has sixteen in a turn, joins as many as come
   * in it.
   */
  roomsATouch: 8,
  reconcileEverySeconds: 5,
  /** A signal on the wire: four candidates to a description, and its header. */
  signalBytes: 750,
  /** Beside the signal in a batch: address, origin, lengths. */
  envelopeBytes: 55,
  /** Memory of a session in a room, on its node. */
  sessionKib: 11,
} as const;

/** How much of a core may be used before it counts as full. */
export const FULL = 0.7;
