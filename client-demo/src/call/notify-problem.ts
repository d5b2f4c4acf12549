import { NEXT_STEP_LABELS, sentenceFor } from '../api/sentences.js';
import { notify } from '../state/notices.js';

/** Shows an error as a notice, with a button to retry if `again` is given. */
export const notifyProblem = (code: string, again?: () => void): void => {
  const { title, text } = sentenceFor(code);
  notify(`${title}. ${text}`, 'bad', again && { label: NEXT_STEP_LABELS.retry, run: again });
};
