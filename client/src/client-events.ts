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

/**
 * How to enter a room.
 *
 * @example
 * const cancel = new AbortController();
 * cancelButton.onclick = () => cancel.abort();
 * const room = await client.join('daily', { waiting: () => show('Asking to be let in …'), signal: cancel.signal });
 */
export interface JoinOptions {
  /** Shown to the others: name tag, muted, sharing. JSON, at most `limits.maxMetaBytes` bytes. Default: none. */
  readonly meta?: Meta;
  /** Make an RTCPeerConnection to each participant. Default: true. False: signals, chat and roster alone. */
  readonly media?: boolean;
  /** An invite's token, from `POST /v1/rooms/ID/invites`. It is used up only if it is what lets this client in. */
  readonly invite?: string;
  /**
   * Called when a moderator must let this client in, once the moderators were told of it: show that it waits. Called
   * again after a lost connection. `join` resolves when somebody lets it in, at once, and rejects with `denied` when not.
   */
  readonly waiting?: () => void;
  /** Abort it to stop joining or waiting: `join` rejects with `cancelled`, and the moderators see it at once. */
  readonly signal?: AbortSignal;
}
