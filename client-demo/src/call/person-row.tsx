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
  const taken = [!mayPublish && 'off the air', !mayChat && 'may not write'].filter(Boolean);
  return away ? 'reconnecting…' : [ROLE_WORDS[role], ...taken].filter(Boolean).join(' · ');
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
  /** Begins a row of its own. */
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

/** What one may do to somebody: for those who run the room. Owners appoint people with an account. */
const PersonActions = (props: { person: Person; actions: CallActions; id: string; onDone: () => void }) => {
  const { person, actions, id, onDone } = props;
  const { controls } = actions.call;
  const { mayPublish, mayChat, role, audio } = person;
  const appoints = controls.role.value === 'owner' && role !== 'guest';
  const done = (run: () => void) => () => {
    onDone();
    run();
  };
  return (
    <ul class="person-actions" id={id} aria-label={`What you can do about ${person.name}`} data-testid="person-actions">
      {audio && (
        <Action testid="action-mute" onClick={done(() => void controls.askToMute(person))}>
          <MicOffIcon /> Ask to mute
        </Action>
      )}
      <Action testid="action-publish" onClick={done(() => void controls.permit(person, { publish: !mayPublish }))}>
        {mayPublish ? <CameraOffIcon /> : <CameraIcon />}
        {mayPublish ? 'Take voice and picture' : 'Give voice and picture back'}
      </Action>
      <Action testid="action-chat" onClick={done(() => void controls.permit(person, { chat: !mayChat }))}>
        {mayChat ? <ChatOffIcon /> : <ChatIcon />}
        {mayChat ? 'Take the chat' : 'Give the chat back'}
      </Action>
      {appoints && (
        <Action
          testid="action-role"
          onClick={done(() => void controls.setRole(person, role === 'moderator' ? 'member' : 'moderator'))}
        >
          <ShieldIcon />
          {role === 'moderator' ? 'Moderator no more' : 'Make moderator'}
        </Action>
      )}
      {appoints && (
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

/** One person, with what they have on, and behind a button what one may do to them. */
export const PersonRow = ({ person, actions }: { person: Person; actions: CallActions }) => {
  const [open, setOpen] = useState(false);
  const id = useId();
  const row = useRef<HTMLLIElement>(null);
  const mayAct = actions.call.controls.mayActOn(person);
  const word = stateOf(person);
  const done = () => {
    setOpen(false);
    // The button that was pressed goes with the list; a dialog that opens now gives the focus back to this one.
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
            label={`What you can do about ${person.name}`}
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
