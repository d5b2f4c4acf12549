import type { KeyObject } from 'node:crypto';
import type { Limits } from '@parley/protocol';
import type { TokenVerifier } from '../auth/principal.js';
import type { Bus } from '../bus/bus.js';
import type { ChatLog } from '../chat/chat-log.js';
import type { IceServers } from '../ice/ice-servers.js';
import type { Log } from '../logging/log.js';
import type { Presence } from '../presence/presence.js';
import type { RoomRate } from '../rate-limit/room-rate-limit.js';
import type { Moderation } from '../rooms/moderation/moderation.js';
import type { RemovalLog } from '../rooms/moderation/removal-log.js';
import type { RoomAccess } from '../rooms/room-access.js';
import { NodeLease, type NodeTimers } from './cluster/node-lease.js';
import type { HandlerContext } from './messages/handler-context.js';
import { AdmissionGuard } from './moderation/admission-guard.js';
import { Lobby } from './moderation/lobby.js';
import { ModerationEventHandler } from './moderation/moderation-event-handler.js';
import { PeerRemover } from './moderation/peer-remover.js';
import { RemovalCache } from './moderation/removal-cache.js';
import { RemovalPoller } from './moderation/removal-poller.js';
import { RoomHub } from './rooms/room-hub.js';
import { RoomLifecycle } from './rooms/room-lifecycle.js';
import { RosterSync } from './rooms/roster-sync.js';
import { SessionIds } from './session/session-ids.js';
import { SessionRegistry, type UserLimits } from './session/session-registry.js';
import { SignalingNode } from './signaling-node.js';
import { SignalingStats } from './signaling-stats.js';

/** What the core stands on, and what it is told. Timers and randomness are those of the process. */
export interface CorePorts {
  readonly presence: Presence;
  readonly bus: Bus;
  readonly verifier: TokenVerifier;
  readonly access: RoomAccess;
  readonly moderation: Moderation;
  readonly removalLog: RemovalLog;
  readonly chat: ChatLog;
  readonly ice: IceServers;
  readonly log: Log;
  /** Keys the derivation of session and peer ids: the same on every node. */
  readonly sessionKey: KeyObject;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since the Unix epoch. */
  readonly wallClock: () => number;
}

export interface CoreSettings {
  /** The beginning of each id that the node takes. */
  readonly nodeName: string;
  readonly limits: Limits;
  /** How often the node asks which of its rooms have ended, milliseconds. */
  readonly roomCheckMs: number;
  /** Default: those of the class that they are for; so for the two below. */
  readonly userLimits?: UserLimits;
  readonly roomRate?: RoomRate;
  readonly nodeTimers?: NodeTimers;
}

/** The signaling core of one node. */
export interface Core {
  readonly node: SignalingNode;
  /** What its handlers use. */
  readonly context: HandlerContext;
  /** Resolves when the node is listening, or after {@link BOOT_TIMEOUT_MS}: then it goes on trying. */
  start(): Promise<void>;
  /** Closes every socket with 1012, gives the lease up and stops all timers. The ports stay open. */
  close(): Promise<void>;
}

/** Builds the core, the only place where it is put together: for Nest, for unit tests and for the simulation. */
export const createCore = (ports: CorePorts, settings: CoreSettings): Core => {
  const { presence, bus, access, moderation, now } = ports;
  const stats = new SignalingStats();
  const admissions: AdmissionGuard = new AdmissionGuard(
    new RemovalCache(now),
    (...peer) => remover.removePeer(...peer),
    ports.wallClock,
  );
  const rooms = new RoomHub(bus, stats, settings.roomRate);
  const sync = new RosterSync(presence, bus, rooms, stats, admissions);
  const lifecycle = new RoomLifecycle(presence, rooms, sync, stats, now);
  const lobby = new Lobby(moderation, access, rooms, now);
  const context = contextOf(ports, settings, { stats, admissions, rooms, lifecycle, lobby });

  const local = { rooms, sync, lifecycle };
  const remover: PeerRemover = new PeerRemover(
    presence,
    { ...local, registry: context.registry },
    admissions,
    ports.wallClock,
  );
  const lease = new NodeLease(settings.nodeName, { presence, bus }, local, ports.log, settings.nodeTimers);
  const node = new SignalingNode(context, bus, sync, lease);
  // Acts on what it hears, so nobody needs to hold it.
  new ModerationEventHandler({ ...context, sync, remover }, bus);
  const poller = new RemovalPoller(ports.removalLog, bus, rooms, now, settings.roomCheckMs);

  const start = async (): Promise<void> => {
    await node.start();
    poller.start();
  };
  const close = (): Promise<void> => {
    poller.stop();
    remover.close();
    lobby.close();
    return node.stop();
  };
  return { node, context, start, close };
};

type OwnParts = Pick<HandlerContext, 'stats' | 'admissions' | 'rooms' | 'lifecycle' | 'lobby'>;

const contextOf = (ports: CorePorts, { limits, userLimits }: CoreSettings, own: OwnParts): HandlerContext => {
  const { verifier, access, moderation, chat, ice, log, now, wallClock } = ports;
  return {
    ...own,
    ...{ limits, verifier, access, moderation, chat, ice, log, now, wallClock },
    ids: new SessionIds(ports.sessionKey),
    registry: new SessionRegistry(limits, now, wallClock, userLimits),
  };
};
