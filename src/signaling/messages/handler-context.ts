import type { Limits } from '@parley/protocol';
import type { TokenVerifier } from '../../auth/principal.js';
import type { ChatLog } from '../../chat/chat-log.js';
import type { IceServers } from '../../ice/ice-servers.js';
import type { Log } from '../../logging/log.js';
import type { Moderation } from '../../rooms/moderation/moderation.js';
import type { RoomAccess } from '../../rooms/room-access.js';
import type { AdmissionGuard } from '../moderation/admission-guard.js';
import type { Lobby } from '../moderation/lobby.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { RoomLifecycle } from '../rooms/room-lifecycle.js';
import type { SessionIds } from '../session/session-ids.js';
import type { SessionRegistry } from '../session/session-registry.js';
import type { SignalingStats } from '../signaling-stats.js';

/** The ports and the state of the node that message handlers may use. */
export interface HandlerContext {
  readonly limits: Limits;
  readonly verifier: TokenVerifier;
  readonly access: RoomAccess;
  readonly chat: ChatLog;
  readonly ice: IceServers;
  readonly ids: SessionIds;
  readonly registry: SessionRegistry;
  readonly rooms: RoomHub;
  readonly lifecycle: RoomLifecycle;
  readonly admissions: AdmissionGuard;
  readonly lobby: Lobby;
  readonly moderation: Moderation;
  readonly stats: SignalingStats;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since the Unix epoch; only for the times of tokens. */
  readonly wallClock: () => number;
}
