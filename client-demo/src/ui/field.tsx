import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly testid: string;
  /** Field name in the form and in the request. */
  readonly name: string;
  readonly hint?: string;
  /** Error message; marks the field as invalid and is read out with it. */
  readonly fault?: string | undefined;
  readonly type?: 'text' | 'password' | 'number';
  readonly autoComplete?: 'name' | 'username' | 'current-password' | 'new-password' | 'off';
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Range of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** A regular expression for the whole text, and the error message if it does not match. */
  readonly pattern?: { readonly source: string; readonly words: string };
  /** No capitalization and no spell checking: for usernames and passwords. */
  readonly verbatim?: boolean;
  readonly autoFocus?: boolean;
}

/** A labelled text field. */
export const Field = (props: FieldProps) => {
  const id = useId();
  const note = props.fault ?? props.hint;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        name={props.name}
        class="input"
        // Preact's types distinguish each input type; this one is dynamic.
        type={(props.type ?? 'text') as 'text'}
        autoComplete={props.autoComplete}
        autoCapitalize={props.verbatim ? 'none' : undefined}
        spellcheck={!props.verbatim}
        placeholder={props.placeholder}
        required={props.required}
        minLength={props.minLength}
        maxLength={props.maxLength}
        min={props.min}
        max={props.max}
        inputMode={props.type === 'number' ? 'numeric' : undefined}
        pattern={props.pattern?.source}
        title={props.pattern?.words}
        // biome-ignore lint/a11y/noAutofocus: only the one field of a dialog that was asked for
        autoFocus={props.autoFocus}
        value={props.value}
        data-testid={props.testid}
        aria-invalid={props.fault ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
      {note && (
        <p id={`${id}-note`} class={props.fault ? 'fault' : 'hint'}>
          {note}
        </p>
      )}
    </div>
  );
};
