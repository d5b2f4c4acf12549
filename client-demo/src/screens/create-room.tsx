import { useState } from 'preact/hooks';
import { ApiProblem, codeOf } from '../api/problem.js';
import * as rest from '../api/rest.js';
import { withToken } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Problem } from '../ui/problem.js';

/** Asks for a name and who may come. */
export const CreateRoom = (props: { onClose: () => void; onCreated: (room: rest.RoomSummary) => void }) => {
  const [name, setName] = useState('');
  const [guestsAllowed, setGuestsAllowed] = useState(true);
  const [listed, setListed] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const onSubmit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      props.onCreated(await withToken((token) => rest.createRoom(token, { name: name.trim(), guestsAllowed, listed })));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const fault = error instanceof ApiProblem ? error.fields.find(({ field }) => field === 'name')?.message : undefined;
  return (
    <Dialog title="New room" onClose={props.onClose}>
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="What is it called?"
          testid="room-create-name"
          placeholder="Monday stand-up"
          required
          maxLength={100}
          autoComplete="off"
          autoFocus
          value={name}
          onValue={setName}
          fault={fault}
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
        {error !== undefined && !fault && <Problem code={codeOf(error)} />}
        <button type="submit" class="button wide" data-testid="room-create-submit" disabled={busy}>
          {busy ? 'Making the room…' : 'Make the room'}
        </button>
      </form>
    </Dialog>
  );
};
