import type { Limits, Meta, RoomId } from '@parley/protocol';
import type { Requests } from '../connection/requests.js';
import type { ResolvedOptions } from '../options.js';
import type { EarlySignalBuffer } from '../signals/early-signal-buffer.js';

/** @internal How a room was joined. */
export interface RoomOptions {
  readonly meta: Meta | undefined;
  readonly media: boolean;
  readonly invite?: string | undefined;
  /** The server put this client into the lobby. */
  readonly waiting?: (() => void) | undefined;
}

/** @internal What a room needs from its client. */
export interface RoomContext {
  readonly options: ResolvedOptions;
  readonly requests: Requests;
  readonly early: EarlySignalBuffer;
  readonly limits: () => Limits;
  /** For new connections, and for old ones when the ICE servers change. */
  readonly configuration: () => RTCConfiguration;
  readonly connected: () => boolean;
  /** False: nothing went out. */
  readonly transmit: (header: object, body?: string) => boolean;
  /** True: what can be sent again later should not be sent now. */
  readonly congested: () => boolean;
  readonly report: (error: unknown) => void;
  /** This client's peer was ended: start a new session. */
  readonly renew: () => void;
  /** The room is over, unless another one took its place by now. */
  readonly forget: (id: RoomId, room: object) => void;
}
