import type { IceServer, Limits, Meta, NodeId, SessionId, UserId } from '@parley/protocol';
import { ParleyError } from './errors.js';
import { Emitter } from './events.js';
import { type ParleyClientOptions, resolveOptions } from './options.js';
import type { Room } from './room.js';

/** Where a client stands. `closed` is the end; a new client is needed after it. */
export type ClientState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** Events of a {@link ParleyClient}. */
export interface ParleyClientEvents {
  state: ClientState;
  closed: ParleyError | undefined;
  error: ParleyError;
  ice_servers: readonly IceServer[];
}

/** How to enter a room. */
export interface JoinOptions {
  /** Shown to the others: name, muted, sharing. JSON, at most `limits.maxMetaBytes` bytes. Default: {}. */
  readonly meta?: Meta;
  /** Make an RTCPeerConnection to each participant. Default: true. */
  readonly media?: boolean;
}

/** A connection to a Parley server. */
export class ParleyClient extends Emitter<ParleyClientEvents> {
  readonly state: ClientState = 'idle';
  readonly session: SessionId | undefined;
  readonly user: { readonly id: UserId; readonly name: string } | undefined;
  readonly limits!: Limits;
  readonly iceServers: readonly IceServer[] = [];
  readonly node: NodeId | undefined;

  constructor(options: ParleyClientOptions) {
    super();
    resolveOptions(options);
  }
  connect(): Promise<void> {
    return Promise.reject(new ParleyError('closed'));
  }
  join(_room: string, _options: JoinOptions = {}): Promise<Room> {
    return Promise.reject(new ParleyError('closed'));
  }
  async close(): Promise<void> {}
}
