/** What an error code means everywhere: in an `error` frame, in a REST problem, in the SDK. */
export interface ErrorDefinition {
  /** HTTP status of the REST face (RFC 9110). */
  readonly status: number;
  /** True: the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** For people; may be replaced by a more exact sentence, never by what the client sent. */
  readonly message: string;
}

const define = <Code extends string>(table: Record<Code, ErrorDefinition>) => table;

/** The only table of errors. Codes are stable. */
export const ERRORS = define({
  bad_message: { status: 400, retryable: false, message: 'The frame is not what PROTOCOL.md describes.' },
  bad_request: { status: 400, retryable: false, message: 'The request is not what the API describes.' },
  hello_required: { status: 401, retryable: false, message: 'The first frame must be hello.' },
  unauthenticated: { status: 401, retryable: false, message: 'An access token is needed.' },
  token_invalid: { status: 401, retryable: false, message: 'The token is not valid.' },
  token_expired: { status: 401, retryable: false, message: 'The token has ended; come back with a fresh one.' },
  invalid_credentials: { status: 401, retryable: false, message: 'The username or the password is wrong.' },
  refresh_invalid: { status: 401, retryable: false, message: 'The refresh token is not valid; log in again.' },
  forbidden: { status: 403, retryable: false, message: 'You may not do this.' },
  accounts_disabled: { status: 403, retryable: false, message: 'Accounts are managed by an outside issuer.' },
  guests_not_allowed: { status: 403, retryable: false, message: 'This room does not let guests in.' },
  banned: { status: 403, retryable: false, message: 'You are banned from this room.' },
  removed: { status: 403, retryable: false, message: 'You were removed from this room; a newer token is needed.' },
  invite_required: { status: 403, retryable: false, message: 'This room wants an invite.' },
  admission_required: { status: 403, retryable: false, message: 'Somebody in this room must let you in first.' },
  room_locked: { status: 403, retryable: true, message: 'The room is locked.' },
  not_found: { status: 404, retryable: false, message: 'There is nothing here.' },
  room_not_found: { status: 404, retryable: false, message: 'There is no such room.' },
  invite_invalid: { status: 404, retryable: false, message: 'The invite has ended, is used up, or never was.' },
  peer_unknown: { status: 404, retryable: false, message: 'No such peer shares a room with you.' },
  method_not_allowed: { status: 405, retryable: false, message: 'This method is not offered here.' },
  username_taken: { status: 409, retryable: false, message: 'This username is taken.' },
  conflict: { status: 409, retryable: false, message: 'The state of the resource does not allow this.' },
  not_in_room: { status: 409, retryable: false, message: 'Join the room first.' },
  room_full: { status: 409, retryable: true, message: 'The room is full.' },
  too_many_rooms: { status: 409, retryable: false, message: 'The limit of rooms is reached.' },
  lobby_full: { status: 409, retryable: true, message: 'Too many people wait for this room.' },
  superseded: { status: 409, retryable: false, message: 'A newer socket of this session took over.' },
  peer_gone: { status: 410, retryable: false, message: 'The peer has left for good.' },
  session_ended: { status: 410, retryable: false, message: 'This peer was ended; start a fresh session.' },
  precondition_failed: { status: 412, retryable: false, message: 'The resource was changed meanwhile; read it again.' },
  payload_too_large: { status: 413, retryable: false, message: 'The content is larger than the limit.' },
  unsupported_media_type: { status: 415, retryable: false, message: 'The content type must be application/json.' },
  precondition_required: { status: 428, retryable: false, message: 'Send If-Match with the ETag you read.' },
  rate_limited: { status: 429, retryable: true, message: 'Too many requests; slow down.' },
  internal: { status: 500, retryable: true, message: 'Something went wrong on our side.' },
  unavailable: { status: 503, retryable: true, message: 'A service that this needs is not reachable now.' },
  draining: { status: 503, retryable: true, message: 'This node is going away; connect again.' },
  peer_busy: { status: 503, retryable: true, message: 'The peer reads more slowly than this is sent.' },
  peer_away: { status: 503, retryable: true, message: 'The peer lost its connection and may come back.' },
});

/** A stable name of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** An expected fault with a code of {@link ERRORS}: answered, never logged as a bug. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: ErrorCode,
    message: string = ERRORS[code].message,
    readonly details: {
      readonly retryAfterMs?: number;
      /** Field faults of a REST body: names and sentences, never values. */
      readonly errors?: readonly { readonly field: string; readonly message: string }[];
    } = {},
  ) {
    super(message);
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
