/** A branded string, so that a session id cannot be passed where a peer id is expected. */
type Branded<Name extends string> = string & { readonly __id: Name };

/** Id of an account, a guest or a service account: the `sub` of the access token. 1 to 128 printable characters. */
export type UserId = Branded<'user'>;
/** Id of a session: one client's conversation with the service. It outlives sockets and nodes. */
export type SessionId = Branded<'session'>;
/** Id of a peer: one session in one room, as `to` and `from` name it. Unique across all rooms. */
export type PeerId = Branded<'peer'>;
/** Id of a room: the set of peers that may signal each other. Matches {@link ID_PATTERN}. */
export type RoomId = Branded<'room'>;
/** Id of a node: one run of one server process. It is never used again after the process has ended. */
export type NodeId = Branded<'node'>;
/** Id of one WebSocket connection, chosen at random by the node that accepted it. */
export type ConnectionId = Branded<'connection'>;

/** Format of a room, peer, session or node id on the wire. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** Format of a session key: 32 random bytes in base64url without padding (RFC 4648 §5). A secret of the client. */
export const SESSION_KEY_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** Format of an invite's token: 32 random bytes in base64url without padding. A secret of the invited users. */
export const INVITE_TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** Format of request ids and chat message ids: chosen by the client, unique within its session. */
export const REQUEST_ID_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/;
