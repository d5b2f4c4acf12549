/** What a button under a failure does. */
export type NextStep = 'retry' | 'rejoin' | 'sign_in' | 'rooms' | 'guest' | 'devices' | 'dismiss' | 'reload';

/** A failure as a person reads it. */
export interface Sentence {
  readonly title: string;
  readonly text: string;
  readonly next: NextStep;
}

/** What the button of each next step says. */
export const NEXT_STEP_LABELS: Readonly<Record<NextStep, string>> = {
  retry: 'Try again',
  rejoin: 'Join again',
  sign_in: 'Sign in',
  rooms: 'Back to the rooms',
  guest: 'Come as a guest',
  devices: 'Choose devices',
  dismiss: 'Got it',
  reload: 'Reload the page',
};

const say = (title: string, text: string, next: NextStep): Sentence => ({ title, text, next });

const UNKNOWN = say('Something went wrong', 'This was on our side, not yours. Give it a moment.', 'retry');

const SENTENCES: Readonly<Record<string, Sentence>> = {
  // Signing in
  invalid_credentials: say(
    'That did not match',
    'The username or the password is wrong. Check both; capital letters count in the password.',
    'retry',
  ),
  username_taken: say('This username is taken', 'Choose another one, or log in if it is yours.', 'retry'),
  accounts_disabled: say(
    'Accounts live elsewhere',
    'This Parley takes its accounts from another service. Open it from there.',
    'dismiss',
  ),
  bad_request: say(
    'Something in the form is not right',
    'Look at the fields that are marked, then try again.',
    'retry',
  ),
  refresh_invalid: say('You were signed out', 'Your sign-in has ended. Sign in once more to go on.', 'sign_in'),
  token_expired: say(
    'Your sign-in has ended',
    'It was good for a limited time. Sign in once more to go on.',
    'sign_in',
  ),
  token_invalid: say('You were signed out', 'Your sign-in is no longer good. Sign in once more to go on.', 'sign_in'),
  unauthenticated: say('Please sign in', 'This needs to know who you are.', 'sign_in'),
  hello_required: say('Please sign in', 'This needs to know who you are.', 'sign_in'),
  // Rooms
  room_not_found: say(
    'There is no such room',
    'The link may be old or mistyped, or the room was deleted. Ask for a fresh link, or open another room.',
    'rooms',
  ),
  not_found: say('There is nothing here', 'It may have been deleted in the meantime.', 'rooms'),
  room_full: say(
    'The room is full',
    'Everyone has a seat and there is none left. Try again when somebody has gone.',
    'retry',
  ),
  guests_not_allowed: say(
    'This room is for people with an account',
    'Guests cannot come in here. Sign in, or make an account; it takes a moment.',
    'sign_in',
  ),
  too_many_rooms: say('That is a lot of rooms', 'You have reached the limit. Leave or delete one first.', 'rooms'),
  forbidden: say('You may not do this', 'Ask the owner of the room to let you.', 'rooms'),
  banned: say(
    'You are banned from this room',
    'Somebody who runs it keeps you out until they lift the ban. If that is a mistake, ask them outside of Parley.',
    'rooms',
  ),
  invite_required: say(
    'This room wants an invite',
    'Its plain link is not enough. Ask somebody in it for an invite link, and open that.',
    'rooms',
  ),
  invite_invalid: say(
    'This invite does not work any more',
    'It has ended or is used up. Ask whoever sent it for a fresh one.',
    'rooms',
  ),
  admission_required: say('Somebody must let you in', 'Ask to come in, and wait until somebody answers.', 'retry'),
  denied: say(
    'You were not let in',
    'Somebody who runs this room has sent you away. You can ask once more, or write to them first.',
    'retry',
  ),
  cancelled: say('You do not wait any more', 'Ask again whenever you like.', 'retry'),
  room_locked: say(
    'The room is locked',
    'Nobody new comes in now. Ask somebody inside to unlock it, or try again in a while.',
    'retry',
  ),
  lobby_full: say('Many people wait for this room', 'There is no place left to wait. Try again in a minute.', 'retry'),
  too_many_invites: say('That is a lot of invites', 'A room has at most 100 of them. Take some back first.', 'dismiss'),
  nobody_there: say('They are not there any more', 'They left, or somebody else was faster than you.', 'dismiss'),
  publish_taken: say(
    'You cannot be heard or seen now',
    'Somebody who runs the room has taken that from you. Ask them in the chat to give it back.',
    'dismiss',
  ),
  // The call
  superseded: say(
    'The call goes on elsewhere',
    'You opened this call in another window or tab, and it took over. You can bring it back here.',
    'rejoin',
  ),
  session_ended: say('This call ended for you', 'Your place was given up. You can join again.', 'rejoin'),
  expired: say(
    'You were away for too long',
    'The connection was lost for longer than we can hold your seat. You can join again.',
    'rejoin',
  ),
  removed: say(
    'You were removed from the room',
    'Somebody who runs it has ended your visit. Unless they banned you, its link leads back in.',
    'rooms',
  ),
  revoked: say('You were signed out', 'Your access was ended by somebody who runs this service.', 'sign_in'),
  room_closed: say(
    'The room is over',
    'Its owner deleted it, or its time was up. Make another one, or open one that is there.',
    'rooms',
  ),
  not_in_room: say('You are not in the room any more', 'Join again to go on.', 'rejoin'),
  peer_away: say('They lost their connection', 'They may be back in a moment. Try again then.', 'retry'),
  peer_busy: say(
    'They cannot keep up',
    'Their connection is slower than what you send. Wait a moment, then try again.',
    'retry',
  ),
  peer_gone: say('They have left', 'There is nobody to send this to any more.', 'dismiss'),
  peer_unknown: say('They have left', 'There is nobody to send this to any more.', 'dismiss'),
  // The service
  network: say(
    'We cannot reach Parley',
    'Either your network or the service is down. Check that you are online, then try again.',
    'retry',
  ),
  timeout: say('That took too long', 'No answer came. Check your network, then try again.', 'retry'),
  closed: say('The call has ended', 'The connection was closed. You can join again.', 'rejoin'),
  unavailable: say(
    'Parley is short of something',
    'A part of the service is not reachable. Try again shortly.',
    'retry',
  ),
  draining: say('Just moving you over', 'This server is going away; another one takes over. Try again.', 'retry'),
  rate_limited: say('A little slower, please', 'Too many requests came at once. Wait a few seconds.', 'retry'),
  payload_too_large: say('That is too large', 'Make it shorter or smaller, then try again.', 'dismiss'),
  internal: UNKNOWN,
  bad_message: UNKNOWN,
  // Camera, microphone and screen: the names of DOMExceptions (W3C Media Capture §10, Screen Capture §5)
  NotAllowedError: say(
    'The browser keeps your camera and microphone shut',
    'Permission was refused. Click the camera or lock sign beside the address, allow both, then try again. You can also join without them.',
    'retry',
  ),
  NotFoundError: say(
    'No camera or microphone was found',
    'Plug one in and try again, or join without: you will still see, hear and write.',
    'retry',
  ),
  NotReadableError: say(
    'The camera or microphone is busy',
    'Another program may be using it. Close that program and try again, or join without.',
    'retry',
  ),
  OverconstrainedError: say(
    'That device is not there any more',
    'It may have been unplugged. Choose another one.',
    'devices',
  ),
  insecure_context: say(
    'Camera and microphone need a secure page',
    'Browsers open them only on https:// addresses or on localhost. You can join to see, hear and write.',
    'dismiss',
  ),
  screen_refused: say(
    'Your screen was not shared',
    'You closed the chooser, or your system does not allow it. On a Mac, allow screen recording in System Settings.',
    'dismiss',
  ),
  screen_unsupported: say(
    'This browser cannot share a screen',
    'Phones mostly cannot. Open the room on a computer to share from there.',
    'dismiss',
  ),
};

/** The human sentence for a code of the error table, a DOMException's name, or one of the demo's own words. */
export const sentenceFor = (code: string): Sentence => SENTENCES[code] ?? UNKNOWN;

/** True when the code has a sentence of its own. */
export const hasSentence = (code: string): boolean => code in SENTENCES;
