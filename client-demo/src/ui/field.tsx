import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly testid: string;
  /** What the form's check and the server call it. */
  readonly name: string;
  readonly hint?: string;
  /** What is wrong with it; marks the field and is read out with it. */
  readonly fault?: string | undefined;
  readonly type?: 'text' | 'password' | 'number';
  readonly autoComplete?: 'name' | 'username' | 'current-password' | 'new-password' | 'off';
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Of a whole number. */
  readonly min?: number;
  readonly max?: number;
  /** A regular expression for the whole text, and the words for a text that does not match. */
  readonly pattern?: { readonly source: string; readonly words: string };
  /** Ids and passwords are not words of a language. */
  readonly verbatim?: boolean;
  readonly autoFocus?: boolean;
}

/** A labelled line of text. */
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
        // The types know each kind of input apart; this one is either of two.
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
