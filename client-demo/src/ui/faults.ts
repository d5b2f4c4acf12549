/** A field's value, its constraints, and the browser's `ValidityState` (HTML constraint validation). */
type Constraints = Pick<
  HTMLInputElement,
  'value' | 'required' | 'minLength' | 'maxLength' | 'title' | 'min' | 'max'
> & {
  readonly validity: Pick<ValidityState, 'patternMismatch' | 'badInput' | 'valid'>;
};

/**
 * The error message of a field, or undefined. It checks lengths itself, because browsers report a text as too short only
 * if the user typed it, and count spaces as text.
 */
export const faultOf = ({
  value,
  required,
  minLength,
  maxLength,
  min,
  max,
  title,
  validity,
}: Constraints): string | undefined => {
  // The value of an invalid number is empty.
  if (validity.badInput) return 'Enter a number.';
  const text = value.trim();
  if (text === '') return required ? 'This field is required.' : undefined;
  if (minLength > 0 && value.length < minLength) return `Too short: at least ${minLength} characters.`;
  if (maxLength > 0 && value.length > maxLength) return `Too long: at most ${maxLength} characters.`;
  const isOutside = (min !== '' && Number(value) < Number(min)) || (max !== '' && Number(value) > Number(max));
  if (isOutside) return `Enter a number from ${min} to ${max}.`;
  if (validity.patternMismatch && title) return title;
  return validity.valid ? undefined : 'This value is invalid.';
};

/** The errors of a form's fields by name, with the first such field focused; empty if the form is valid. */
export const checkForm = (form: HTMLFormElement): Record<string, string> => {
  const faults: Record<string, string> = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement) || !element.name) continue;
    const fault = faultOf(element);
    if (!fault) continue;
    if (Object.keys(faults).length === 0) element.focus();
    faults[element.name] = fault;
  }
  return faults;
};
