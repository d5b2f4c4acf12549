/** The action of the button below a failure. */
export type NextStep = 'retry' | 'rejoin' | 'sign_in' | 'rooms' | 'guest' | 'devices' | 'dismiss' | 'reload';

/** A failure as the user reads it, with the next step. */
export interface Sentence {
  readonly title: string;
  readonly text: string;
  readonly next: NextStep;
}

/** The button label of each next step. */
export const NEXT_STEP_LABELS: Readonly<Record<NextStep, string>> = {
  retry: 'Try again',
  rejoin: 'Join again',
  sign_in: 'Sign in',
  rooms: 'Back to rooms',
  guest: 'Continue as a guest',
  devices: 'Choose devices',
  dismiss: 'OK',
  reload: 'Reload the page',
};

const say = (title: string, text: string, next: NextStep): Sentence => ({ title, text, next });

const UNKNOWN = say('Something went wrong', 'This was a fault on our side. Try again in a moment.', 'retry');

/** Of one device, while the other one works or has another problem. */
const DEVICE_SENTENCES = Object.fromEntries(
  (['camera', 'microphone'] as const).flatMap((device) => [
    [
      `${device}_NotAllowedError`,
      say(
        `The browser blocks your ${device}`,
        `Permission was denied. Click the camera or lock icon next to the address, allow the ${device}, then try again. You can also join without it.`,
        'retry',
      ),
    ],
    [
      `${device}_NotFoundError`,
      say(`No ${device} was found`, 'Connect one and try again, or join without it.', 'retry'),
    ],
    [
      `${device}_NotReadableError`,
      say(
        `The ${device} is in use`,
        'Another program may be using it. Close that program and try again, or join without it.',
        'retry',
      ),
    ],
    [
      `${device}_OverconstrainedError`,
      say(`This ${device} is no longer available`, 'It may have been disconnected. Choose another one.', 'devices'),
    ],
  ]),
);

const SENTENCES: Readonly<Record<string, Sentence>> = {
  // Signing in
  invalid_credentials: say(
    'Incorrect username or password',
    'Check both and try again. The password is case-sensitive.',
    'retry',
  ),
  username_taken: say('This username is taken', 'Choose another one, or log in if it is yours.', 'retry'),
  accounts_disabled: say(
    'Accounts are managed elsewhere',
    'This server takes its accounts from another service. Sign in there.',
    'dismiss',
  ),
  bad_request: say('Some fields are not valid', 'Check the marked fields and try again.', 'retry'),
  refresh_invalid: say('You were signed out', 'Your sign-in has expired. Sign in again to continue.', 'sign_in'),
  token_expired: say('Your sign-in has expired', 'Sign in again to continue.', 'sign_in'),
  token_invalid: say('You were signed out', 'Your sign-in is no longer valid. Sign in again to continue.', 'sign_in'),
  unauthenticated: say('Please sign in', 'You need to be signed in to do this.', 'sign_in'),
  token_in_url: say('Please sign in', 'You need to be signed in to do this.', 'sign_in'),
  hello_required: say('Please sign in', 'You need to be signed in to do this.', 'sign_in'),
  // Rooms
  room_not_found: say(
    'Room not found',
    'The link may be mistyped, or the room was deleted. Ask for a new link, or open another room.',
    'rooms',
  ),
  not_found: say('Not found', 'It may have been deleted in the meantime.', 'rooms'),
  room_full: say('The room is full', 'Try again when someone has left.', 'retry'),
  guests_not_allowed: say(
    'An account is required',
    'This room does not admit guests. Log in, or create an account.',
    'sign_in',
  ),
  too_many_peers: say(
    'You are here too often',
    'You have this room open on too many devices or tabs. Leave it on one of them first.',
    'retry',
  ),
  too_many_rooms: say(
    'Too many rooms',
    'You have reached the maximum number of rooms. Leave or delete one first.',
    'rooms',
  ),
  forbidden: say('You do not have permission', 'Ask the owner of the room for permission to do this.', 'rooms'),
  banned: say(
    'You are banned from this room',
    'You cannot join until a moderator unbans you. If this is a mistake, contact a moderator.',
    'rooms',
  ),
  invite_required: say(
    'An invite is required',
    'The room’s plain link is not enough. Ask a moderator for an invite link and open it.',
    'rooms',
  ),
  invite_invalid: say(
    'This invite is no longer valid',
    'It has expired or is used up. Ask the person who sent it for a new one.',
    'rooms',
  ),
  admission_required: say('A moderator must admit you', 'Ask to join and wait in the lobby.', 'retry'),
  denied: say('A moderator declined your request', 'You can ask again, or contact a moderator first.', 'retry'),
  cancelled: say('You are no longer waiting', 'You can ask to join again at any time.', 'retry'),
  room_locked: say(
    'The room is locked',
    'No new participants can join. Ask a moderator to unlock it, or try again later.',
    'retry',
  ),
  lobby_full: say('The lobby is full', 'Too many people are waiting. Try again in a minute.', 'retry'),
  too_many_invites: say('Too many invites', 'A room has at most 100 invites. Revoke some first.', 'dismiss'),
  nobody_there: say('They are no longer there', 'They have left, or another moderator was faster.', 'dismiss'),
  publish_taken: say(
    'Your mic and camera are turned off',
    'A moderator has turned them off. Ask in the chat to have them turned on again.',
    'dismiss',
  ),
  // The call
  superseded: say(
    'The call continues in another tab',
    'You opened this call in another window or tab. You can move it back here.',
    'rejoin',
  ),
  session_ended: say('Your session has ended', 'You can join again.', 'rejoin'),
  expired: say(
    'You were disconnected for too long',
    'Your session in this room has expired. You can join again.',
    'rejoin',
  ),
  removed: say(
    'You were removed from the room',
    'A moderator removed you. Unless you are banned, you can join again with the room’s link.',
    'rooms',
  ),
  revoked: say('You were signed out', 'An administrator has revoked your access.', 'sign_in'),
  room_closed: say(
    'The room has ended',
    'Its owner deleted it, or it reached its end time. Create a room, or open another one.',
    'rooms',
  ),
  not_in_room: say('You are not in the room', 'Join again to continue.', 'rejoin'),
  peer_away: say('They lost their connection', 'They may be back in a moment. Try again then.', 'retry'),
  peer_busy: say(
    'They cannot keep up',
    'Their connection is too slow for this much data. Try again in a moment.',
    'retry',
  ),
  peer_gone: say('They have left', 'There is no one to send this to.', 'dismiss'),
  peer_unknown: say('They have left', 'There is no one to send this to.', 'dismiss'),
  // The service
  network: say(
    'Cannot reach the server',
    'Your network or the server is down. Check that you are online, then try again.',
    'retry',
  ),
  timeout: say('This took too long', 'The server did not answer. Check your network, then try again.', 'retry'),
  closed: say('The call has ended', 'The connection was closed. You can join again.', 'rejoin'),
  unavailable: say('Service unavailable', 'Part of the service is unavailable. Try again shortly.', 'retry'),
  draining: say('The server is restarting', 'Another server is taking over. Try again.', 'retry'),
  rate_limited: say('Too many requests', 'Wait a few seconds, then try again.', 'retry'),
  payload_too_large: say('This is too large', 'Make it shorter or smaller, then try again.', 'dismiss'),
  internal: UNKNOWN,
  bad_message: UNKNOWN,
  // Camera, microphone and screen: the names of DOMExceptions (W3C Media Capture §10, Screen Capture §5)
  NotAllowedError: say(
    'The browser blocks your camera and microphone',
    'Permission was denied. Click the camera or lock icon next to the address, allow both, then try again. You can also join without them.',
    'retry',
  ),
  NotFoundError: say(
    'No camera or microphone was found',
    'Connect one and try again, or join without: you can still watch, listen and chat.',
    'retry',
  ),
  NotReadableError: say(
    'The camera or microphone is in use',
    'Another program may be using it. Close that program and try again, or join without.',
    'retry',
  ),
  OverconstrainedError: say(
    'This device is no longer available',
    'It may have been disconnected. Choose another one.',
    'devices',
  ),
  ...DEVICE_SENTENCES,
  insecure_context: say(
    'Camera and microphone require a secure page',
    'Browsers allow them only on https:// addresses and on localhost. You can join to watch, listen and chat.',
    'dismiss',
  ),
  screen_refused: say(
    'Your screen was not shared',
    'You cancelled it, or your system does not allow it. On a Mac, allow screen recording in System Settings.',
    'dismiss',
  ),
  screen_insecure: say(
    'Screen sharing requires a secure page',
    'Browsers allow it only on https:// addresses and on localhost.',
    'dismiss',
  ),
  screen_unsupported: say(
    'This browser cannot share a screen',
    'Most phones cannot. Open the room on a computer to share from there.',
    'dismiss',
  ),
};

/** The text for an error code, the name of a DOMException, or one of the demo's own codes. */
export const sentenceFor = (code: string): Sentence => SENTENCES[code] ?? UNKNOWN;

/** Whether the code has a text of its own. */
export const hasSentence = (code: string): boolean => code in SENTENCES;
