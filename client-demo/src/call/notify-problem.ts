import { NEXT_STEP_LABELS, sentenceFor } from '../api/sentences.js';
import { notify } from '../state/notices.js';

/** Says what went wrong, with the button that tries once more where that may help. */
export const notifyProblem = (code: string, again?: () => void): void => {
  const { title, text } = sentenceFor(code);
  notify(`${title}. ${text}`, 'bad', again && { label: NEXT_STEP_LABELS.retry, run: again });
};
