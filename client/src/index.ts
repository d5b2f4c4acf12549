export type {
  ChatMessage,
  ErrorCode,
  IceServer,
  Knock,
  LeftReason,
  Limits,
  Meta,
  NodeId,
  Participant,
  ParticipantState,
  PeerId,
  Role,
  RoomEntry,
  RoomId,
  SessionId,
  UserId,
} from '@parley/protocol';

import './browser-types.js';

export type { PeerConnectionState } from './browser-types.js';
export type { ClientSnapshot, ClientState, ConnectOptions, JoinOptions, ParleyClientEvents } from './client-events.js';
export { type FailedAttempt, ParleyError, type ParleyErrorCode } from './errors.js';
export { Emitter, type Listener } from './events.js';
export type {
  Clock,
  ParleyClientOptions,
  PeerConnectionConstructor,
  TokenSource,
  WebSocketConstructor,
  WebSocketLike,
} from './options.js';
export { ParleyClient } from './parley-client.js';
export { Peer, type PeerEvents, type RemoteTrack } from './peer/peer.js';
export type { PeerStats, Quality, Route } from './peer/peer-stats.js';
export { Publication, type PublicationEvents } from './peer/publication.js';
export { Moderation } from './room/moderation.js';
export { type ChatHistory, type RemovedReason, Room, type RoomEvents, type RoomSnapshot } from './room/room.js';
export type { Permissions, RoomInfo } from './room/room-state.js';
export type { SendResult } from './signals/send-result.js';
export type { SnapshotStore } from './snapshot-store.js';
