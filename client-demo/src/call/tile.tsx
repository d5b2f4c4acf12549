import { useState } from 'preact/hooks';
import { Avatar } from '../ui/flag.js';
import { MicOffIcon, MoveIcon } from '../ui/icons.js';
import type { Call } from './call.js';
import type { Person } from './person.js';
import { Bars, Numbers, QUALITY_WORDS } from './quality.js';
import type { Remote } from './remote.js';
import { Video } from './video.js';

/** The text over the picture; empty while the connection is up. */
const wordFor = (person: Person, remote: Remote | undefined): string => {
  if (person.self) return '';
  if (person.away) return 'reconnecting…';
  const state = remote?.state.value ?? 'new';
  if (state === 'connected') return '';
  if (state === 'disconnected' || state === 'failed') return 'reconnecting…';
  return state === 'closed' ? '' : 'connecting…';
};

/** The connection's state for tests. */
const stateOf = (person: Person, remote: Remote | undefined): string =>
  person.self ? 'self' : person.away ? 'away' : (remote?.state.value ?? 'new');

/** One participant: picture or initials, name, badges, connection. */
export const Tile = (props: {
  call: Call;
  person: Person;
  numbers: boolean;
  /** Moves the self-view to another corner, in a call of two. */
  onMove?: (() => void) | undefined;
}) => {
  const { call, person, numbers, onMove } = props;
  const remote = call.remotes.value.get(person.peer);
  const [asked, setAsked] = useState(false);
  const showNumbers = numbers || asked;
  const { media } = call;
  const audio = person.self ? media.mic.on.value && media.mic.track.value !== undefined : person.audio;
  const video = person.self ? media.camera.track.value !== undefined : person.video;
  const word = wordFor(person, remote);
  const quality = remote?.stats.value?.quality ?? 'unknown';
  const stream = person.self ? (video ? media.stream : undefined) : remote?.camera(person.screen);
  const shape = person.self ? media.camera.shape : remote?.shape;
  const name = onMove ? 'You' : person.self ? `${person.name} (you)` : person.name;
  const speaking = !person.self && audio && (remote?.speaking.value ?? false);
  const classes = ['tile', person.self && 'mirror', speaking && 'speaking', word && 'dim'].filter(Boolean).join(' ');
  return (
    <li
      class={classes}
      data-testid="tile"
      data-peer={person.peer}
      data-self={person.self ? '' : undefined}
      data-audio={audio ? 'on' : 'off'}
      data-video={video ? 'on' : 'off'}
    >
      {!video && <Avatar name={person.name} size="large" />}
      <Video
        stream={stream}
        muted={person.self}
        hidden={!video}
        speaker={media.chosen.value.audiooutput}
        label={person.self ? 'Your camera' : `${person.name}’s camera`}
        onBlocked={call.hold}
        onShape={(value) => {
          if (shape) shape.value = value;
        }}
      />
      {word && (
        <div class="tile-status">
          <div class="spinner" />
          {word}
        </div>
      )}
      <span class="sr" data-testid="tile-state" data-state={stateOf(person, remote)}>
        {word || (person.self ? 'You' : 'connected')}
      </span>
      {!person.self && (
        <div class="tile-tools">
          <button
            type="button"
            class="bars-button"
            aria-pressed={showNumbers}
            aria-label={`${person.name}: ${QUALITY_WORDS[quality]}. Connection details`}
            title="Connection details"
            data-testid="tile-stats"
            data-quality={quality}
            onClick={() => setAsked(!asked)}
          >
            <Bars quality={quality} />
          </button>
        </div>
      )}
      {onMove && (
        <div class="tile-tools">
          <button
            type="button"
            class="bars-button move"
            aria-label="Move your self-view to another corner"
            title="Move to another corner"
            data-testid="tile-move"
            onClick={onMove}
          >
            <MoveIcon />
          </button>
        </div>
      )}
      {!person.self && showNumbers && <Numbers stats={remote?.stats.value} />}
      <div class="tile-foot">
        <span class="pill">
          {!audio && (
            <span class="off" data-testid="tile-muted">
              <MicOffIcon />
              <span class="sr">microphone off</span>
            </span>
          )}
          <span class="cut">{name}</span>
          {!video && <span class="sr">camera off</span>}
        </span>
      </div>
    </li>
  );
};

/** A shared screen, large. */
export const ScreenTile = ({ call, person }: { call: Call; person: Person }) => {
  const remote = call.remotes.value.get(person.peer);
  const stream = person.self ? call.outgoing.screen.value : person.screen ? remote?.screen(person.screen) : undefined;
  const name = person.self ? 'Your screen' : `${person.name}’s screen`;
  return (
    <div class="tile screen" data-testid="screen-tile" data-peer={person.peer}>
      <Video
        stream={stream}
        muted={person.self}
        speaker={call.media.chosen.value.audiooutput}
        label={name}
        onBlocked={call.hold}
      />
      <div class="tile-foot">
        <span class="pill">{name}</span>
      </div>
    </div>
  );
};
