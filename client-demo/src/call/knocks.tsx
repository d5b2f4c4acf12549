import type { Knock } from '@parley/client';
import { useRef, useState } from 'preact/hooks';
import { Avatar } from '../ui/flag.js';
import type { CallActions } from './actions.js';
import type { RoomControls } from './room-controls.js';

/** One answer a knock: a second press while the first is under way would be told that nobody is there. */
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

/** Over the stage of those who run the room: somebody stands at the door. */
export const KnockBanner = ({ actions }: { actions: CallActions }) => {
  const { controls } = actions.call;
  const { busy, answer } = useAnswer(controls);
  const [first, ...others] = controls.knocks.value;
  if (!first || actions.panel.value === 'people') return null;
  return (
    <div class="banner knock" role="status" data-testid="knock-banner" data-count={others.length + 1}>
      <Avatar name={first.name} size="small" />
      <span class="grow knock-text">
        <strong class="cut">{first.name}</strong> wants to come in
      </span>
      <span class="knock-answers">
        <button
          type="button"
          class="button"
          data-testid="knock-admit"
          disabled={busy.has(first.knock)}
          onClick={() => answer(first, true)}
        >
          Let in
        </button>
        <button
          type="button"
          class="button quiet"
          data-testid="knock-deny"
          disabled={busy.has(first.knock)}
          onClick={() => answer(first, false)}
        >
          Send away
        </button>
        {others.length > 0 && (
          <button
            type="button"
            class="button quiet"
            data-testid="knock-others"
            onClick={() => actions.show('people')}
            aria-label={`${others.length} more want to come in. Show them`}
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
    <section class="knocks" aria-label="Who wants to come in" data-testid="knocks">
      <div class="row knocks-head">
        <h3 class="grow">At the door ({knocks.length})</h3>
        {knocks.length > 1 && (
          <button type="button" class="button plain" data-testid="knocks-admit-all" onClick={admitAll}>
            Let everybody in
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
              aria-label={`Let ${knock.name} in`}
              disabled={busy.has(knock.knock)}
              onClick={() => onAnswer(knock, true)}
            >
              Let in
            </button>
            <button
              type="button"
              class="button small quiet"
              data-testid="knock-deny"
              aria-label={`Send ${knock.name} away`}
              disabled={busy.has(knock.knock)}
              onClick={() => onAnswer(knock, false)}
            >
              Send away
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** Everybody who waits, above those who are in. */
export const KnockList = ({ controls }: { controls: RoomControls }) => {
  const { busy, answer } = useAnswer(controls);
  const place = useRef<HTMLDivElement>(null);
  const knocks = controls.knocks.value;
  const answerOne = async (knock: Knock, admit: boolean) => {
    // The button goes with the knock: the keyboard stays where it was.
    place.current?.focus();
    await answer(knock, admit);
  };
  return (
    <div ref={place} tabIndex={-1}>
      {knocks.length > 0 && <LobbyList knocks={knocks} busy={busy} onAnswer={answerOne} />}
    </div>
  );
};
