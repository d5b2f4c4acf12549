import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { IconButton } from '../ui/button.js';
import { Avatar } from '../ui/flag.js';
import {
  BanIcon,
  CameraIcon,
  CameraOffIcon,
  ChatIcon,
  ChatOffIcon,
  CrownIcon,
  ExitIcon,
  MicIcon,
  MicOffIcon,
  MoreIcon,
  ScreenIcon,
  ShieldIcon,
  WaveIcon,
} from '../ui/icons.js';
import type { CallActions } from './actions.js';
import type { Person } from './person.js';

const ROLE_WORDS: Readonly<Record<Person['role'], string>> = {
  owner: 'Owner',
  moderator: 'Moderator',
  member: '',
  guest: 'Guest',
};

const stateOf = ({ away, role, mayPublish, mayChat }: Person): string => {
  const revoked = [!mayPublish && 'mic and camera turned off', !mayChat && 'chat turned off'].filter(Boolean);
  return away ? 'reconnecting…' : [ROLE_WORDS[role], ...revoked].filter(Boolean).join(' · ');
};

const Sign = (props: { words: string; children: ComponentChildren; bad?: boolean }) => (
  <span class={props.bad ? 'bad' : ''}>
    {props.children}
    <span class="sr">{props.words}</span>
  </span>
);

const Action = (props: {
  testid: string;
  onClick: () => void;
  children: ComponentChildren;
  danger?: boolean;
  /** Starts a new row. */
  row?: boolean;
}) => (
  <li class={props.row ? 'row-begins' : ''}>
    <button
      type="button"
      class={`person-action ${props.danger ? 'danger' : ''}`}
      data-testid={props.testid}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  </li>
);

/** The actions on a participant, for moderators. Owners also assign roles, to users with an account. */
const PersonActions = (props: { person: Person; actions: CallActions; id: string; onDone: () => void }) => {
  const { person, actions, id, onDone } = props;
  const { controls } = actions.call;
  const { mayPublish, mayChat, role, audio } = person;
  const assignsRoles = controls.role.value === 'owner' && role !== 'guest';
  const done = (run: () => void) => () => {
    onDone();
    run();
  };
  return (
    <ul class="person-actions" id={id} aria-label={`Actions for ${person.name}`} data-testid="person-actions">
      {audio && (
        <Action testid="action-mute" onClick={done(() => void controls.askToMute(person))}>
          <MicOffIcon /> Ask to mute
        </Action>
      )}
      <Action testid="action-publish" onClick={done(() => void controls.permit(person, { publish: !mayPublish }))}>
        {mayPublish ? <CameraOffIcon /> : <CameraIcon />}
        {mayPublish ? 'Turn off mic and camera' : 'Allow mic and camera'}
      </Action>
      <Action testid="action-chat" onClick={done(() => void controls.permit(person, { chat: !mayChat }))}>
        {mayChat ? <ChatOffIcon /> : <ChatIcon />}
        {mayChat ? 'Turn off chat' : 'Allow chat'}
      </Action>
      {assignsRoles && (
        <Action
          testid="action-role"
          onClick={done(() => void controls.setRole(person, role === 'moderator' ? 'member' : 'moderator'))}
        >
          <ShieldIcon />
          {role === 'moderator' ? 'Remove as moderator' : 'Make moderator'}
        </Action>
      )}
      {assignsRoles && (
        <Action testid="action-transfer" onClick={done(() => actions.ask({ what: 'transfer', person }))}>
          <CrownIcon /> Make owner…
        </Action>
      )}
      <Action testid="action-kick" danger row onClick={done(() => actions.ask({ what: 'kick', person }))}>
        <ExitIcon /> Remove…
      </Action>
      <Action testid="action-ban" danger onClick={done(() => actions.ask({ what: 'ban', person }))}>
        <BanIcon /> Ban…
      </Action>
    </ul>
  );
};

/** One participant, with the devices that are on and a menu of actions. */
export const PersonRow = ({ person, actions }: { person: Person; actions: CallActions }) => {
  const [open, setOpen] = useState(false);
  const id = useId();
  const row = useRef<HTMLLIElement>(null);
  const mayAct = actions.call.controls.mayActOn(person);
  const word = stateOf(person);
  const done = () => {
    setOpen(false);
    // The clicked button disappears with the list; a dialog that opens now restores the focus to this one.
    row.current?.querySelector<HTMLElement>('[aria-controls]')?.focus();
  };
  return (
    <li ref={row} class={`person-item ${open && mayAct ? 'open' : ''}`}>
      <div
        class="person"
        data-testid="person"
        data-peer={person.peer}
        data-role={person.role}
        data-audio={person.audio ? 'on' : 'off'}
        data-publish={person.mayPublish ? 'yes' : 'no'}
        data-chat={person.mayChat ? 'yes' : 'no'}
      >
        <Avatar name={person.name} />
        <div class="grow">
          <div class="cut">{person.self ? `${person.name} (you)` : person.name}</div>
          {word && <div class={person.mayPublish && person.mayChat ? 'hint' : 'hint bad'}>{word}</div>}
        </div>
        {person.away && (
          <Sign words="away">
            <WaveIcon />
          </Sign>
        )}
        {person.screen && (
          <Sign words="shares the screen">
            <ScreenIcon />
          </Sign>
        )}
        <Sign bad={!person.audio} words={person.audio ? 'microphone on' : 'microphone off'}>
          {person.audio ? <MicIcon /> : <MicOffIcon />}
        </Sign>
        <Sign bad={!person.video} words={person.video ? 'camera on' : 'camera off'}>
          {person.video ? <CameraIcon /> : <CameraOffIcon />}
        </Sign>
        {mayAct && (
          <IconButton
            label={`Actions for ${person.name}`}
            testid="person-more"
            expanded={open}
            controls={id}
            onClick={() => setOpen(!open)}
          >
            <MoreIcon />
          </IconButton>
        )}
      </div>
      {open && mayAct && <PersonActions person={person} actions={actions} id={id} onDone={done} />}
    </li>
  );
};
