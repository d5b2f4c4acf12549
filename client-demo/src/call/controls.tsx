import type { ComponentChildren } from 'preact';
import { copyLink } from '../ui/copy.js';
import {
  CameraIcon,
  CameraOffIcon,
  ChatIcon,
  DevicesIcon,
  LeaveIcon,
  LinkIcon,
  MicIcon,
  MicOffIcon,
  MoreIcon,
  PeopleIcon,
  ScreenIcon,
  ScreenOffIcon,
} from '../ui/icons.js';
import type { CallActions } from './actions.js';

const Control = (props: {
  label: string;
  /** The text below the icon, where there is space for it. */
  word: string;
  hint: string;
  testid: string;
  onClick: () => void;
  children: ComponentChildren;
  class?: string;
  pressed?: boolean;
  expanded?: boolean;
}) => (
  <button
    type="button"
    class={`control ${props.class ?? ''}`}
    aria-label={props.label}
    aria-pressed={props.pressed}
    aria-expanded={props.expanded}
    title={props.hint}
    data-testid={props.testid}
    onClick={props.onClick}
  >
    {props.children}
    <span class="control-label" aria-hidden="true">
      {props.word}
    </span>
  </button>
);

const Badge = ({ count, what }: { count: number; what: string }) =>
  count > 0 ? (
    <span class="badge" data-testid={`${what}-badge`}>
      {count > 99 ? '99+' : count}
    </span>
  ) : null;

/** The control bar at the bottom. */
export const Controls = ({ actions, link }: { actions: CallActions; link: string }) => {
  const { call } = actions;
  const mic = call.media.mic.on.value;
  const camera = call.media.camera.on.value;
  const sharing = call.outgoing.screen.value !== undefined;
  const unread = call.chat.unread.value;
  const panel = actions.panel.value;
  const knocks = call.controls.knocks.value.length;
  const here = `People, ${call.people.value.length} here`;
  const notPermitted = call.controls.permissions.value.publish ? '' : 'not-permitted';
  return (
    <fieldset class="controls" aria-label="Call controls">
      <Control
        label="Microphone"
        word="Mic"
        hint={mic ? 'Turn off the microphone (M)' : 'Turn on the microphone (M)'}
        testid="mic-toggle"
        pressed={mic}
        class={mic ? '' : `off ${notPermitted}`}
        onClick={() => call.outgoing.toggleMic()}
      >
        {mic ? <MicIcon /> : <MicOffIcon />}
      </Control>
      <Control
        label="Camera"
        word="Camera"
        hint={camera ? 'Turn off the camera (V)' : 'Turn on the camera (V)'}
        testid="camera-toggle"
        pressed={camera}
        class={camera ? '' : `off ${notPermitted}`}
        onClick={() => call.outgoing.toggleCamera()}
      >
        {camera ? <CameraIcon /> : <CameraOffIcon />}
      </Control>
      <Control
        label={sharing ? 'Stop sharing' : 'Share screen'}
        word={sharing ? 'Stop' : 'Share'}
        hint={sharing ? 'Stop sharing (S)' : 'Share your screen (S)'}
        testid="screen-toggle"
        class={`only-wide ${sharing ? 'on' : notPermitted}`}
        onClick={() => call.outgoing.toggleScreen()}
      >
        {sharing ? <ScreenOffIcon /> : <ScreenIcon />}
      </Control>
      <span class="divider only-wide" />
      <Control
        label={unread > 0 ? `Chat and files, ${unread} new` : 'Chat and files'}
        word="Chat"
        hint="Chat and files (C)"
        testid="chat-toggle"
        expanded={panel === 'chat'}
        class={panel === 'chat' ? 'on' : ''}
        onClick={() => actions.toggle('chat')}
      >
        <ChatIcon />
        <Badge count={unread} what="unread" />
      </Control>
      <Control
        label={knocks > 0 ? `${here}, ${knocks} waiting in the lobby` : here}
        word="People"
        hint="People (P)"
        testid="people-toggle"
        expanded={panel === 'people'}
        class={panel === 'people' ? 'on' : ''}
        onClick={() => actions.toggle('people')}
      >
        <PeopleIcon />
        <Badge count={knocks} what="knocks" />
      </Control>
      <Control
        label="Copy the room’s link"
        word="Copy link"
        hint="Copy the link"
        testid="copy-link"
        class="only-wide"
        onClick={() => copyLink(link)}
      >
        <LinkIcon />
      </Control>
      <Control
        label="Devices"
        word="Devices"
        hint="Camera, microphone, speaker"
        testid="devices-toggle"
        class="only-wide"
        onClick={() => {
          actions.overlay.value = 'devices';
        }}
      >
        <DevicesIcon />
      </Control>
      <Control
        label="More"
        word="More"
        hint="More"
        testid="more-toggle"
        class="only-narrow"
        onClick={() => {
          actions.overlay.value = 'more';
        }}
      >
        <MoreIcon />
      </Control>
      <span class="divider only-wide" />
      <Control
        label="Leave the call"
        word="Leave"
        hint="Leave the call"
        testid="leave"
        class="leave"
        onClick={actions.onLeave}
      >
        <LeaveIcon />
      </Control>
    </fieldset>
  );
};
