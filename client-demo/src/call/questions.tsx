import { useState } from 'preact/hooks';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import type { CallActions, Question } from './actions.js';

const WORDS: Readonly<Record<Question['what'], { title: (name: string) => string; text: string; yes: string }>> = {
  kick: {
    title: (name) => `Remove ${name}?`,
    text: 'They leave the room at once. They can join again, but in a room with a lobby they must be admitted again.',
    yes: 'Remove',
  },
  ban: {
    title: (name) => `Ban ${name}?`,
    text: 'They leave the room at once and cannot join until you unban them under “Banned”. A guest could return under another name: lock the room, or use a lobby, to prevent that.',
    yes: 'Ban',
  },
  transfer: {
    title: (name) => `Make ${name} the owner?`,
    text: 'They become the owner when they accept, and only they can transfer the room back. Then you are a moderator.',
    yes: 'Transfer ownership',
  },
};

/** Asks for confirmation before an action that is hard to undo. */
const Ask = ({ question, actions }: { question: Question; actions: CallActions }) => {
  const { what, person } = question;
  const { title, text, yes } = WORDS[what];
  const [reason, setReason] = useState('');
  const close = () => actions.ask(undefined);
  const confirm = (event: Event) => {
    event.preventDefault();
    close();
    const { controls } = actions.call;
    void (what === 'transfer' ? controls.transfer(person) : controls.remove(person, what === 'ban', reason));
  };
  return (
    <Dialog title={title(person.name)} onClose={close} testid="question">
      <form class="form" onSubmit={confirm}>
        <p class="soft">{text}</p>
        {what !== 'transfer' && (
          <Field
            label="Reason (optional)"
            hint="Stored in the audit log for moderators. The user does not see it."
            testid="question-reason"
            name="reason"
            autoComplete="off"
            maxLength={100}
            value={reason}
            onValue={setReason}
          />
        )}
        <div class="row">
          <button type="submit" class={`button ${what === 'transfer' ? '' : 'danger'}`} data-testid="question-yes">
            {yes}
          </button>
          <button type="button" class="button quiet" data-testid="question-no" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
};

/** The open confirmation dialog, if any. */
export const Questions = ({ actions }: { actions: CallActions }) => {
  const question = actions.question.value;
  return question ? (
    <Ask key={`${question.what} ${question.person.peer}`} question={question} actions={actions} />
  ) : null;
};
