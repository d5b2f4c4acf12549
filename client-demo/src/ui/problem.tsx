import { NEXT_STEP_LABELS, type Sentence, sentenceFor } from '../api/sentences.js';
import { AlertIcon } from './icons.js';

/** A failure inside a page: what happened, what to do, and a button for it. */
export const Problem = (props: { code: string; onNext?: (next: Sentence['next']) => void; testid?: string }) => {
  const { title, text, next } = sentenceFor(props.code);
  return (
    <div class="problem" role="alert" data-testid={props.testid ?? 'problem'} data-code={props.code}>
      <AlertIcon />
      <div class="grow">
        <strong>{title}</strong>
        {text}
        {props.onNext && (
          <div>
            <button type="button" class="button quiet" onClick={() => props.onNext?.(next)}>
              {NEXT_STEP_LABELS[next]}
            </button>
          </div>
        )}
      </div>
    </div>
  );
};
