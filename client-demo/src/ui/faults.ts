/** What is asked of a field; the browser's `ValidityState` and the attributes that it comes from. */
type Asked = Pick<HTMLInputElement, 'value' | 'required' | 'minLength' | 'maxLength' | 'title' | 'min' | 'max'> & {
  readonly validity: Pick<ValidityState, 'patternMismatch' | 'badInput' | 'valid'>;
};

/**
 * What is wrong with a field as a sentence, or undefined. It looks at lengths itself: to a browser a text is too short
 * only when a person typed it, and spaces count as a text.
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
}: Asked): string | undefined => {
  // What is no number at all has an empty value.
  if (validity.badInput) return 'This must be a number.';
  const text = value.trim();
  if (text === '') return required ? 'Please fill this in.' : undefined;
  if (minLength > 0 && value.length < minLength) return `Too short: at least ${minLength} characters.`;
  if (maxLength > 0 && value.length > maxLength) return `Too long: at most ${maxLength} characters.`;
  const isOutside = (min !== '' && Number(value) < Number(min)) || (max !== '' && Number(value) > Number(max));
  if (isOutside) return `This must be from ${min} to ${max}.`;
  if (validity.patternMismatch && title) return title;
  return validity.valid ? undefined : 'This does not fit here.';
};

/** The faults of a form's fields by their names, the first of them focused; empty when all is well. */
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
