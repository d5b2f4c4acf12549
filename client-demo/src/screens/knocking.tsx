import { useEffect, useState } from 'preact/hooks';
import type { Account } from '../api/rest.js';
import type { LocalMedia } from '../call/local-media.js';
import { Video } from '../call/video.js';
import { Avatar, Flag } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { MediaSwitches } from './media-switches.js';
import { TopBar } from './welcome.js';

const MINUTE_MS = 60_000;

/** Whole minutes since the screen appeared. */
const useMinutes = (): number => {
  const [minutes, setMinutes] = useState(0);
  useEffect(() => {
    const tick = setInterval(() => setMinutes((count) => count + 1), MINUTE_MS);
    return () => clearInterval(tick);
  }, []);
  return minutes;
};

/** The screen of a user waiting in the lobby, with the device preview and a way to cancel. */
export const Knocking = (props: { user: Account; roomName: string; media: LocalMedia; onCancel: () => void }) => {
  const { user, roomName, media } = props;
  const minutes = useMinutes();
  return (
    <>
      <TopBar />
      <main class="middle" id="main">
        <div class="middle-card" data-testid="knocking">
          <div class="preview in-lobby">
            {media.camera.track.value ? (
              <Video stream={media.stream} muted label="Your camera" />
            ) : (
              <Avatar name={user.displayName} size="large" />
            )}
            {/* The signal flag Q requests permission to enter a port. */}
            <span class="lobby-flag">
              <Flag letter="Q" />
            </span>
            <MediaSwitches media={media} />
          </div>
          <ScreenTitle page={`Waiting in the lobby of ${roomName}`}>Waiting in the lobby of {roomName}</ScreenTitle>
          <p role="status">
            {minutes === 0
              ? 'The moderators see that you are waiting. You join as soon as one of them admits you.'
              : `You have waited ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. Perhaps no moderator is there: contact one, or try again later.`}
          </p>
          <div class="row centre">
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <button type="button" class="button quiet" data-testid="knocking-cancel" onClick={props.onCancel}>
              Cancel
            </button>
          </div>
        </div>
      </main>
    </>
  );
};
