import type { IceServer, Meta } from '@parley/protocol';
import type { ParleyError } from './errors.js';

/** Where a client stands. `closed` is the end; make a new client after it. */
export type ClientState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** Events of a {@link ParleyClient}. */
export interface ParleyClientEvents {
  /** After each change of `client.state`. */
  state: ClientState;
  /** It ended for good: undefined after `close()`, otherwise why, for example `superseded` or `token_invalid`. */
  closed: ParleyError | undefined;
  /** A fault that the SDK deals with, or an exception of a listener of yours (its `cause`). For logs. */
  error: ParleyError;
  /** New ICE servers; connections use them already. */
  ice_servers: readonly IceServer[];
}

/** How to enter a room. */
export interface JoinOptions {
  /** Shown to the others: name tag, muted, sharing. JSON, at most `limits.maxMetaBytes` bytes. Default: none. */
  readonly meta?: Meta;
  /** Make an RTCPeerConnection to each participant. Default: true. False: signals, chat and roster alone. */
  readonly media?: boolean;
}
