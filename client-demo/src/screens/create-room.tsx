import { useState } from 'preact/hooks';
import * as rest from '../api/rest.js';
import { withToken } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Problem } from '../ui/problem.js';
import { useSubmit } from '../ui/submit.js';

/** Asks for a name and who may come. */
export const CreateRoom = (props: { onClose: () => void; onCreated: (room: rest.RoomSummary) => void }) => {
  const [name, setName] = useState('');
  const [guestsAllowed, setGuestsAllowed] = useState(true);
  const [listed, setListed] = useState(true);
  const { busy, code, faults, onSubmit, amend } = useSubmit(async () => {
    const room = { name: name.trim(), guestsAllowed, listed };
    props.onCreated(await withToken((token) => rest.createRoom(token, room)));
  });
  return (
    <Dialog title="New room" onClose={props.onClose}>
      <form class="form" noValidate onSubmit={onSubmit}>
        <Field
          label="What is it called?"
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
        <label class="check">
          <input
            type="checkbox"
            checked={guestsAllowed}
            data-testid="room-create-guests"
            onChange={(event) => setGuestsAllowed(event.currentTarget.checked)}
          />
          <span>
            Guests may come in
            <span class="hint"> — anyone with the link, without an account</span>
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
            Show it in the list
            <span class="hint"> — otherwise only the link leads here</span>
          </span>
        </label>
        {code && !faults.name && <Problem code={code} />}
        <button type="submit" class="button wide" data-testid="room-create-submit" disabled={busy}>
          {busy ? 'Making the room…' : 'Make the room'}
        </button>
      </form>
    </Dialog>
  );
};
