import { randomBytes } from 'node:crypto';
import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import type { AttachRequest, AttachResult, Change, Presence, PresenceTimers } from '../../src/presence/presence.js';

/** Short enough to wait for, long enough for a slow machine. */
export const TIMERS: PresenceTimers = {
  leaseMs: 700,
  resumeWindowMs: 400,
  tombstoneMs: 3_000,
  reconcileGraceMs: 400,
  roomTtlMs: 60_000,
};

/** Makes and controls an adapter for the suite. */
export interface PresenceFixture {
  /** Makes the adapter of another node on the same store. */
  node(): Promise<Presence>;
  stop(): Promise<void>;
}

/** Two adapters, of two nodes, on one store. */
export interface Subject {
  readonly fixture: PresenceFixture;
  readonly presence: Presence;
  readonly other: Presence;
}

const fresh = (word: string): string => `${word}-${randomBytes(6).toString('hex')}`;
export const aRoom = (): RoomId => fresh('room') as RoomId;
export const aPeer = (): PeerId => fresh('peer') as PeerId;
export const aNode = (): NodeId => fresh('node') as NodeId;
export const aUser = (): UserId => fresh('user') as UserId;
export const aConnection = (): ConnectionId => fresh('connection') as ConnectionId;

/** Makes a request to attach; fields that are not given are random. */
export const request = (
  room: RoomId,
  { name = 'Ada', role = 'member', meta = {}, ...more }: Partial<AttachRequest & AttachRequest['participant']> = {},
): AttachRequest => ({
  room,
  participant: { peer: more.peer ?? aPeer(), user: more.user ?? aUser(), name, role, meta },
  node: more.node ?? aNode(),
  connection: more.connection ?? aConnection(),
  attempt: more.attempt ?? 1,
  capacity: more.capacity ?? 1_000,
  replaceMeta: more.replaceMeta ?? true,
  ...(more.maxPeersPerUser !== undefined && { maxPeersPerUser: more.maxPeersPerUser }),
  ...(more.returningOnly !== undefined && { returningOnly: more.returningOnly }),
});

export type Attached = Extract<AttachResult, { kind: 'attached' }>;

/** Attaches a peer, and expects success. */
export const attach = async (presence: Presence, what: AttachRequest): Promise<Attached> => {
  const result = await presence.attach(what);
  if (result.kind !== 'attached') throw new Error(`not attached but ${result.kind}`);
  return result;
};

/** The events of all changes of a room, in the order of their versions. */
export const eventsOf = (changes: readonly (Change | undefined)[], room: RoomId) =>
  changes
    .filter((change) => change?.room === room)
    .map((change) => change as Change)
    .sort((a, b) => a.version - b.version)
    .flatMap((change) => change.events);

/** The attachment that a node holds after this request. */
export const heldOf = ({ participant: { peer }, connection, attempt }: AttachRequest) => ({
  peer,
  connection,
  attempt,
});
