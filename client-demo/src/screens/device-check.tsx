import { useEffect, useRef } from 'preact/hooks';
import { deviceProblems } from '../api/device-problems.js';
import type { Account } from '../api/rest.js';
import type { NextStep } from '../api/sentences.js';
import { DeviceFields } from '../call/device-fields.js';
import type { LocalMedia } from '../call/local-media.js';
import { MicMeter } from '../call/mic-meter.js';
import { RelaySwitch } from '../call/relay-switch.js';
import { Video } from '../call/video.js';
import { Avatar } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { BackIcon } from '../ui/icons.js';
import { Problem } from '../ui/problem.js';
import { MediaSwitches } from './media-switches.js';
import { TopBar } from './welcome.js';

const previewWord = (media: LocalMedia): string => {
  if (media.asking.value) return 'Allow your browser to use the camera and the microphone.';
  if (media.camera.track.value) return '';
  return media.camera.problem.value ? 'You will join without a camera.' : 'Your camera is off.';
};

/** Checks camera and microphone before joining. */
export const DeviceCheck = (props: {
  user: Account;
  roomName: string;
  media: LocalMedia;
  onJoin: () => void;
  leaveHref: string | undefined;
  /** After a reload in the call. */
  again: boolean;
  /** The room has a lobby and the user must be admitted. */
  knocks: boolean;
  locked: boolean;
}) => {
  const { media, user } = props;
  const join = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // After the title has taken the focus: one press of Enter is enough.
    if (props.again) join.current?.focus();
  }, [props.again]);
  const camera = media.camera.track.value;
  const problems = deviceProblems(media.camera.problem.value, media.mic.problem.value);
  const onNext = (next: NextStep) => (next === 'dismiss' ? media.dismiss() : void media.retry());
  return (
    <>
      <TopBar />
      <main class="page wide" id="main" data-testid="device-check">
        <div class="check-in">
          <div class="preview">
            {camera ? (
              <Video stream={media.stream} muted label="Your camera" />
            ) : (
              <Avatar name={user.displayName} size="large" />
            )}
            <span class="pill preview-name">{user.displayName}</span>
            {previewWord(media) && <p class="preview-status">{previewWord(media)}</p>}
            <MediaSwitches media={media} />
          </div>
          <div class="check-side">
            <div>
              {props.leaveHref && (
                <a class="back" href={props.leaveHref}>
                  <BackIcon /> Rooms
                </a>
              )}
              <ScreenTitle page={props.roomName}>{props.roomName}</ScreenTitle>
              <p class="soft" data-testid="device-word">
                {props.again ? 'You were in this call. Join again?' : `You join as ${user.displayName}.`}
                {props.knocks && ' A moderator will admit you.'}
                {props.locked && ' The room is locked: only people who were in it can join.'}
              </p>
            </div>
            {problems.map((code) => (
              <Problem key={code} code={code} testid="device-problem" onNext={onNext} />
            ))}
            <div class="field">
              <span class="label">{media.mic.on.value ? 'Speak: the bar should move' : 'The microphone is off'}</span>
              <MicMeter track={media.mic.on.value ? media.mic.track.value : undefined} />
            </div>
            <DeviceFields media={media} />
            <RelaySwitch />
            <div class="join-area">
              <button ref={join} type="button" class="button wide" data-testid="device-join" onClick={props.onJoin}>
                {props.knocks ? 'Ask to join' : 'Join now'}
              </button>
            </div>
          </div>
        </div>
      </main>
    </>
  );
};
