import { NEXT_STEP_LABELS, type NextStep, sentenceFor } from '../api/sentences.js';
import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { TopBar } from './welcome.js';

/** A failure as a whole screen: what happened, and the next step. */
export const Failure = ({ code, onNext }: { code: string; onNext: (next: NextStep) => void }) => {
  const { title, text, next } = sentenceFor(code);
  return (
    <>
      <TopBar />
      <main class="middle" id="main">
        <div class="middle-card" role="alert" data-testid="failure" data-code={code}>
          {/* N over C is the signal of distress. */}
          <Hoist name="NC" count={2} />
          <ScreenTitle page={title}>{title}</ScreenTitle>
          <p>{text}</p>
          <div class="row centre">
            <button type="button" class="button" data-testid="failure-next" onClick={() => onNext(next)}>
              {NEXT_STEP_LABELS[next]}
            </button>
            {next !== 'rooms' && next !== 'sign_in' && (
              <button type="button" class="button quiet" onClick={() => onNext('rooms')}>
                {NEXT_STEP_LABELS.rooms}
              </button>
            )}
          </div>
        </div>
      </main>
    </>
  );
};

/** A loading screen. */
export const Waiting = ({ text }: { text: string }) => (
  <main class="middle" id="main">
    <div class="middle-card" role="status">
      <div class="spinner" />
      <p>{text}</p>
    </div>
  </main>
);
