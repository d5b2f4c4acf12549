/** Ids are branded strings, so that a session id cannot be passed where a peer id is meant. */
type Branded<Name extends string> = string & { readonly __id: Name };

/** An account, or a guest: the `sub` of the access token. 1 to 128 printable characters. */
export type UserId = Branded<'user'>;
/** One client's conversation with the platform; it survives a change of socket and of node. */
export type SessionId = Branded<'session'>;
/** One WebRTC endpoint in one room: what `to` and `from` name. Unique over all rooms. */
export type PeerId = Branded<'peer'>;
/** The set of peers that may signal each other. Matches {@link ID_PATTERN}. */
export type RoomId = Branded<'room'>;
/** One life of one server process. A node id that ended never comes back. */
export type NodeId = Branded<'node'>;
/** One WebSocket's life, chosen at random by the node that accepted it. */
export type ConnectionId = Branded<'connection'>;

/** What a room, peer, session or node id looks like on the wire. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** A session key: 32 random bytes in base64url without padding. It is a secret of the client. */
export const SESSION_KEY_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** An invite's token: 32 random bytes in base64url without padding. It is a secret of those who were invited. */
export const INVITE_TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** Request ids and chat message ids: chosen by the client, unique within its session. */
export const REQUEST_ID_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/;
