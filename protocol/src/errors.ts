/** What an error code means in an `error` frame, in a REST problem (RFC 9457) and in the SDK. */
export interface ErrorDefinition {
  /** HTTP status of the REST API (RFC 9110 §15). */
  readonly status: number;
  /** True: the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** For humans. A more specific sentence may replace it, but never the client's own input. */
  readonly message: string;
}

const define = <Code extends string>(table: Record<Code, ErrorDefinition>) => table;

/** Every error code of the protocol and of the REST API. Codes are stable. */
export const ERRORS = define({
  bad_message: { status: 400, retryable: false, message: 'The frame does not match PROTOCOL.md.' },
  bad_request: { status: 400, retryable: false, message: 'The request is invalid.' },
  hello_required: { status: 401, retryable: false, message: 'The first frame must be hello.' },
  token_in_url: {
    status: 400,
    retryable: false,
    message: 'Send the token in hello, never in the URL: proxies and servers log URLs.',
  },
  unauthenticated: { status: 401, retryable: false, message: 'An access token is required.' },
  token_invalid: { status: 401, retryable: false, message: 'The token is invalid.' },
  token_expired: { status: 401, retryable: false, message: 'The access token has expired; reconnect with a new one.' },
  invalid_credentials: { status: 401, retryable: false, message: 'The username or password is incorrect.' },
  refresh_invalid: { status: 401, retryable: false, message: 'The refresh token is invalid; log in again.' },
  forbidden: { status: 403, retryable: false, message: 'You do not have permission to do this.' },
  accounts_disabled: { status: 403, retryable: false, message: 'Accounts are managed by an external issuer.' },
  guests_not_allowed: { status: 403, retryable: false, message: 'This room does not admit guests.' },
  banned: { status: 403, retryable: false, message: 'You are banned from this room.' },
  removed: { status: 403, retryable: false, message: 'You were removed from this room; a newer token is required.' },
  invite_required: { status: 403, retryable: false, message: 'An invite is required.' },
  admission_required: { status: 403, retryable: false, message: 'A moderator must admit you first.' },
  room_locked: { status: 403, retryable: true, message: 'The room is locked.' },
  not_found: { status: 404, retryable: false, message: 'The resource was not found.' },
  room_not_found: { status: 404, retryable: false, message: 'The room was not found.' },
  invite_invalid: { status: 404, retryable: false, message: 'The invite has expired, is used up or never existed.' },
  peer_unknown: { status: 404, retryable: false, message: 'No peer with this id shares a room with you.' },
  method_not_allowed: { status: 405, retryable: false, message: 'This method is not supported here.' },
  username_taken: { status: 409, retryable: false, message: 'This username is taken.' },
  conflict: { status: 409, retryable: false, message: 'The current state of the resource does not allow this.' },
  not_in_room: { status: 409, retryable: false, message: 'Join the room first.' },
  room_full: { status: 409, retryable: true, message: 'The room is full.' },
  too_many_peers: { status: 409, retryable: true, message: 'You have too many connections to this room.' },
  too_many_rooms: { status: 409, retryable: false, message: 'The maximum number of rooms is reached.' },
  lobby_full: { status: 409, retryable: true, message: 'Too many users are waiting in the lobby.' },
  superseded: { status: 409, retryable: false, message: 'A newer socket of this session took over.' },
  peer_gone: { status: 410, retryable: false, message: 'The peer has left for good.' },
  session_ended: { status: 410, retryable: false, message: 'This peer was ended; start a new session.' },
  precondition_failed: { status: 412, retryable: false, message: 'The resource has changed; read it again.' },
  payload_too_large: { status: 413, retryable: false, message: 'The payload exceeds the limit.' },
  unsupported_media_type: { status: 415, retryable: false, message: 'The content type must be application/json.' },
  precondition_required: { status: 428, retryable: false, message: 'Send If-Match with the ETag you read.' },
  rate_limited: { status: 429, retryable: true, message: 'Too many requests; slow down.' },
  internal: { status: 500, retryable: true, message: 'An internal error occurred.' },
  unavailable: { status: 503, retryable: true, message: 'A required service is unavailable; retry later.' },
  draining: { status: 503, retryable: true, message: 'This node is shutting down; reconnect.' },
  peer_busy: { status: 503, retryable: true, message: 'The peer cannot keep up; retry later.' },
  peer_away: { status: 503, retryable: true, message: 'The peer lost its connection and may come back.' },
});

/** The stable name of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** An expected failure with a code of {@link ERRORS}: it gets a reply and is never logged as a bug. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: ErrorCode,
    message: string = ERRORS[code].message,
    readonly details: {
      readonly retryAfterMs?: number;
      /** Invalid fields of a REST body: names and messages, never values. */
      readonly errors?: readonly { readonly field: string; readonly message: string }[];
    } = {},
  ) {
    super(message);
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
