import { useState } from 'preact/hooks';
import { ApiProblem, codeOf } from '../api/problem.js';
import { checkForm } from './faults.js';

/** The server's message for a field, with a capital letter and a full stop. */
const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;

type Faults = Readonly<Record<string, string>>;

/**
 * Validates and submits a form, one submit at a time, and keeps the errors: `faults` by field name, `code` for the whole
 * form. The form is `noValidate`: the page shows the errors instead of the browser.
 * @param stays whether the form stays for another submit after a successful one
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
  /** Sets a field's value and removes its error. */
  const amend = (name: string, set: (value: string) => void) => (value: string) => {
    set(value);
    setFaults(({ [name]: _gone, ...others }) => others);
  };
  return { busy, code, faults, onSubmit, amend };
};
