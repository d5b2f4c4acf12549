import { useState } from 'preact/hooks';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import type { CallActions, Question } from './actions.js';

const WORDS: Readonly<Record<Question['what'], { title: (name: string) => string; text: string; yes: string }>> = {
  kick: {
    title: (name) => `Remove ${name}?`,
    text: 'Their visit ends at once. Where people come in freely they can come back; where somebody lets people in, they must ask.',
    yes: 'Remove',
  },
  ban: {
    title: (name) => `Ban ${name}?`,
    text: 'Their visit ends at once, and they cannot come back until you lift the ban under “Banned”. A guest could come under another name: lock the room, or let people in one by one, to keep such a person out.',
    yes: 'Ban',
  },
  transfer: {
    title: (name) => `Make ${name} the owner?`,
    text: 'The room is theirs then, and only they can give it back. You stay as a moderator.',
    yes: 'Hand the room over',
  },
};

/** Asks once more before something that is hard to take back. */
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
            label="Why? (optional)"
            hint="Kept with the room for those who run it. They are not told."
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

/** The question that stands open, if any. */
export const Questions = ({ actions }: { actions: CallActions }) => {
  const question = actions.question.value;
  return question ? (
    <Ask key={`${question.what} ${question.person.peer}`} question={question} actions={actions} />
  ) : null;
};
