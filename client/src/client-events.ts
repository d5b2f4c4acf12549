import type { IceServer, Meta, NodeId, SessionId, UserId } from '@parley/protocol';
import type { ParleyError } from './errors.js';

/** Connection state of a client. `closed` is final: create a new client after it. */
export type ClientState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** A client at one moment, frozen. The fields are those of the client. */
export interface ClientSnapshot {
  readonly state: ClientState;
  readonly session: SessionId | undefined;
  readonly user: { readonly id: UserId; readonly name: string } | undefined;
  readonly node: NodeId | undefined;
}

/** Events of a {@link ParleyClient}. */
export interface ParleyClientEvents {
  /** After each change of `client.state`. */
  state: ClientState;
  /** The client is closed: undefined after `close()`, otherwise the reason, for example `token_invalid`. */
  closed: ParleyError | undefined;
  /** An error that the SDK handles itself, or an exception of one of your listeners (its `cause`). For logs. */
  error: ParleyError;
  /** New ICE servers. Connections use them already. */
  ice_servers: readonly IceServer[];
}

/** Options of {@link ParleyClient.connect}. */
export interface ConnectOptions {
  /** Ends this wait with `cancelled`. The client goes on connecting; `close()` stops it. Default: none. */
  readonly signal?: AbortSignal;
}

/**
 * Options of {@link ParleyClient.join}.
 *
 * @example
 * const cancel = new AbortController();
 * cancelButton.onclick = () => cancel.abort();
 * const room = await client.join('daily', { waiting: () => show('Waiting in the lobby …'), signal: cancel.signal });
 */
export interface JoinOptions {
  /** Data for the other participants, such as `muted`. JSON, at most `limits.maxMetaBytes`. Default: none. */
  readonly meta?: Meta;
  /** Open an RTCPeerConnection to each participant. Default: true. False: only signals, chat and roster. */
  readonly media?: boolean;
  /** Token of an invite, from `POST /v1/rooms/ID/invites`. It is used up only if it is needed to join. */
  readonly invite?: string;
  /**
   * Called when this client starts to wait in the lobby, and again after a lost connection. `join` resolves when a
   * moderator admits the user, and rejects with `denied` when one declines.
   */
  readonly waiting?: () => void;
  /**
   * Aborts connecting, the join or the waiting: `join` rejects with `cancelled`, and the user leaves the lobby at once
   * unless another `join` of the same room goes on. `AbortSignal.timeout` bounds all of it. Default: none.
   */
  readonly signal?: AbortSignal;
}
