import { useState } from 'preact/hooks';
import { ApiProblem, codeOf } from '../api/problem.js';
import { checkForm } from './faults.js';

/** The server's words for a field, begun with a capital and ended with a stop. */
const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;

type Faults = Readonly<Record<string, string>>;

/**
 * Runs one submit of a form at a time, after a look at its fields, and keeps what went wrong: `faults` by the name of
 * the field, `code` for the whole. The form is `noValidate`: the page says it, not the browser's bubbles.
 * @param stays whether the form is there for another submit after one that went well
 */
export const useSubmit = (submit: () => Promise<void>, stays = false) => {
  const [busy, setBusy] = useState(false);
  const [code, setCode] = useState<string>();
  const [faults, setFaults] = useState<Faults>({});
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const found = checkForm(form);
    setFaults(found);
    setCode(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await submit();
      if (stays) setBusy(false);
    } catch (error) {
      const fields = error instanceof ApiProblem ? error.fields : [];
      setFaults(Object.fromEntries(fields.map(({ field, message }) => [field, sentence(message)])));
      setCode(codeOf(error));
      setBusy(false);
    }
  };
  /** Takes a field's new text, and the word about the old one away. */
  const amend = (name: string, set: (value: string) => void) => (value: string) => {
    set(value);
    setFaults(({ [name]: _gone, ...others }) => others);
  };
  return { busy, code, faults, onSubmit, amend };
};
