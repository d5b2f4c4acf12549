import type { Knock } from '@parley/client';
import { useRef, useState } from 'preact/hooks';
import { Avatar } from '../ui/flag.js';
import type { CallActions } from './actions.js';
import type { RoomControls } from './room-controls.js';

/** Answers each knock once: a second click while the first is in flight would fail with `not_found`. */
const useAnswer = (controls: RoomControls) => {
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const answer = async (knock: Knock, admit: boolean) => {
    if (busy.has(knock.knock)) return;
    setBusy((now) => new Set(now).add(knock.knock));
    await controls.answer(knock, admit);
    setBusy((now) => new Set([...now].filter((id) => id !== knock.knock)));
  };
  return { busy, answer };
};

/** The banner for moderators over the stage while a user waits in the lobby. */
export const KnockBanner = ({ actions }: { actions: CallActions }) => {
  const { controls } = actions.call;
  const { busy, answer } = useAnswer(controls);
  const [first, ...others] = controls.knocks.value;
  if (!first || actions.panel.value === 'people') return null;
  return (
    <div class="banner knock" role="status" data-testid="knock-banner" data-count={others.length + 1}>
      <Avatar name={first.name} size="small" />
      <span class="grow knock-text">
        <strong class="cut">{first.name}</strong> wants to join
      </span>
      <span class="knock-answers">
        <button
          type="button"
          class="button"
          data-testid="knock-admit"
          disabled={busy.has(first.knock)}
          onClick={() => answer(first, true)}
        >
          Admit
        </button>
        <button
          type="button"
          class="button quiet"
          data-testid="knock-deny"
          disabled={busy.has(first.knock)}
          onClick={() => answer(first, false)}
        >
          Deny
        </button>
        {others.length > 0 && (
          <button
            type="button"
            class="button quiet"
            data-testid="knock-others"
            onClick={() => actions.show('people')}
            aria-label={`${others.length} more waiting in the lobby. Show them`}
          >
            +{others.length}
          </button>
        )}
      </span>
    </div>
  );
};

const LobbyList = (props: {
  knocks: readonly Knock[];
  busy: ReadonlySet<string>;
  onAnswer: (knock: Knock, admit: boolean) => Promise<void>;
}) => {
  const { knocks, busy, onAnswer } = props;
  const admitAll = () => Promise.all(knocks.map((knock) => onAnswer(knock, true)));
  return (
    <section class="knocks" aria-label="Waiting in the lobby" data-testid="knocks">
      <div class="row knocks-head">
        <h3 class="grow">Waiting in the lobby ({knocks.length})</h3>
        {knocks.length > 1 && (
          <button type="button" class="button plain" data-testid="knocks-admit-all" onClick={admitAll}>
            Admit all
          </button>
        )}
      </div>
      <ul>
        {knocks.map((knock) => (
          <li key={knock.knock} class="person" data-testid="knock" data-user={knock.user}>
            <Avatar name={knock.name} />
            <span class="grow cut">{knock.name}</span>
            <button
              type="button"
              class="button small"
              data-testid="knock-admit"
              aria-label={`Admit ${knock.name}`}
              disabled={busy.has(knock.knock)}
              onClick={() => onAnswer(knock, true)}
            >
              Admit
            </button>
            <button
              type="button"
              class="button small quiet"
              data-testid="knock-deny"
              aria-label={`Deny ${knock.name}`}
              disabled={busy.has(knock.knock)}
              onClick={() => onAnswer(knock, false)}
            >
              Deny
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** The users waiting in the lobby, above the participants. */
export const KnockList = ({ controls }: { controls: RoomControls }) => {
  const { busy, answer } = useAnswer(controls);
  const place = useRef<HTMLDivElement>(null);
  const knocks = controls.knocks.value;
  const answerOne = async (knock: Knock, admit: boolean) => {
    // The button disappears with the knock, so the focus moves to the list first.
    place.current?.focus();
    await answer(knock, admit);
  };
  return (
    <div ref={place} tabIndex={-1}>
      {knocks.length > 0 && <LobbyList knocks={knocks} busy={busy} onAnswer={answerOne} />}
    </div>
  );
};
