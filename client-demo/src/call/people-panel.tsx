import { Avatar } from '../ui/flag.js';
import { CameraIcon, CameraOffIcon, MicIcon, MicOffIcon, ScreenIcon } from '../ui/icons.js';
import type { Call } from './call.js';
import { PanelFrame } from './panel-frame.js';
import type { Person } from './person.js';

const ROLE_WORDS: Readonly<Record<Person['role'], string>> = {
  owner: 'Owner',
  moderator: 'Moderator',
  member: '',
  guest: 'Guest',
};

const PersonRow = ({ person }: { person: Person }) => (
  <li class="person" data-testid="person" data-peer={person.peer}>
    <Avatar name={person.name} />
    <div class="grow">
      <div class="cut">{person.self ? `${person.name} (you)` : person.name}</div>
      <div class="hint">{person.away ? 'reconnecting…' : ROLE_WORDS[person.role]}</div>
    </div>
    {person.screen && (
      <span>
        <ScreenIcon />
        <span class="sr">shares the screen</span>
      </span>
    )}
    <span class={person.audio ? '' : 'bad'}>
      {person.audio ? <MicIcon /> : <MicOffIcon />}
      <span class="sr">{person.audio ? 'microphone on' : 'microphone off'}</span>
    </span>
    <span class={person.video ? '' : 'bad'}>
      {person.video ? <CameraIcon /> : <CameraOffIcon />}
      <span class="sr">{person.video ? 'camera on' : 'camera off'}</span>
    </span>
  </li>
);

/** Everyone who is here, with what they have on. */
export const PeoplePanel = ({ call, onClose }: { call: Call; onClose: () => void }) => (
  <PanelFrame title={`People (${call.people.value.length})`} onClose={onClose} testid="people-panel">
    <ul class="people">
      {call.people.value.map((person) => (
        <PersonRow key={person.peer} person={person} />
      ))}
    </ul>
  </PanelFrame>
);
