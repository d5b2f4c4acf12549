import type { RoomEntry } from '@parley/client';
import { useState } from 'preact/hooks';
import * as rest from '../api/rest.js';
import { withToken } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Problem } from '../ui/problem.js';
import { Select } from '../ui/select.js';
import { useSubmit } from '../ui/submit.js';
import { ENDINGS, endingFields } from './endings.js';

const ACCESS_OPTIONS: readonly (readonly [access: RoomEntry, word: string, hint: string])[] = [
  ['open', 'Anyone', 'anyone with the link can join'],
  ['lobby', 'People you admit', 'they wait in the lobby until a moderator admits them'],
  ['invite', 'People with an invite', 'you create invite links, which can expire'],
];
const MAX_PEOPLE = 10_000;

const AccessOptions = ({ access, onAccess }: { access: RoomEntry; onAccess: (access: RoomEntry) => void }) => (
  <fieldset class="choices">
    <legend class="label">Who can join?</legend>
    {ACCESS_OPTIONS.map(([value, word, hint]) => (
      <label key={value} class="choice">
        <input
          type="radio"
          name="access"
          value={value}
          checked={access === value}
          data-testid={`room-create-${value}`}
          onChange={() => onAccess(value)}
        />
        <span>
          {word}
          <span class="hint choice-hint">{hint}</span>
        </span>
      </label>
    ))}
  </fieldset>
);

/** The dialog that creates a room. */
export const CreateRoom = (props: { onClose: () => void; onCreated: (room: rest.RoomSummary) => void }) => {
  const [name, setName] = useState('');
  const [guestsAllowed, setGuestsAllowed] = useState(true);
  const [listed, setListed] = useState(true);
  const [access, setAccess] = useState<RoomEntry>('open');
  const [capacity, setCapacity] = useState('');
  const [ending, setEnding] = useState(0);
  const { busy, code, faults, onSubmit, amend } = useSubmit(async () => {
    const maxPeople = capacity.trim() === '' ? null : Number(capacity);
    const ends = endingFields(ending, Date.now());
    const room = { name: name.trim(), guestsAllowed, listed, access, capacity: maxPeople, ...ends };
    props.onCreated(await withToken((token) => rest.createRoom(token, room)));
  });
  return (
    <Dialog title="New room" onClose={props.onClose}>
      <form class="form" noValidate onSubmit={onSubmit}>
        <Field
          label="Name"
          testid="room-create-name"
          name="name"
          placeholder="Monday stand-up"
          required
          maxLength={100}
          autoComplete="off"
          autoFocus
          value={name}
          onValue={amend('name', setName)}
          fault={faults.name}
        />
        <AccessOptions access={access} onAccess={setAccess} />
        <Select label="Ends" testid="room-create-ending" options={ENDINGS} value={ending} onValue={setEnding} />
        <Field
          label="Maximum participants (optional)"
          testid="room-create-capacity"
          name="capacity"
          type="number"
          autoComplete="off"
          placeholder="Server maximum"
          min={1}
          max={MAX_PEOPLE}
          value={capacity}
          onValue={amend('capacity', setCapacity)}
          fault={faults.capacity}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={guestsAllowed}
            data-testid="room-create-guests"
            onChange={(event) => setGuestsAllowed(event.currentTarget.checked)}
          />
          <span>
            Guests can join
            <span class="hint"> — without an account</span>
          </span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={listed}
            data-testid="room-create-listed"
            onChange={(event) => setListed(event.currentTarget.checked)}
          />
          <span>
            List this room
            <span class="hint"> — otherwise only people with the link find it</span>
          </span>
        </label>
        {code && !faults.name && !faults.capacity && <Problem code={code} />}
        <button type="submit" class="button wide" data-testid="room-create-submit" disabled={busy}>
          {busy ? 'Creating the room…' : 'Create room'}
        </button>
      </form>
    </Dialog>
  );
};
