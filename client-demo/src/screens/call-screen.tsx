import { useEffect, useMemo } from 'preact/hooks';
import { CallActions, isTyping } from '../call/actions.js';
import { Banners } from '../call/banner.js';
import type { Call } from '../call/call.js';
import { Controls } from '../call/controls.js';
import { Overlays } from '../call/overlays.js';
import { PeoplePanel } from '../call/people-panel.js';
import { Questions } from '../call/questions.js';
import { Stage } from '../call/stage.js';
import { ChatPanel } from '../chat/chat-panel.js';
import { IconButton } from '../ui/button.js';
import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { HelpIcon, LockIcon } from '../ui/icons.js';
import { ThemeButton } from '../ui/theme-button.js';

/** Handles single keys without a modifier, while the user is not typing and no dialog is open. */
const useKeys = (actions: CallActions) => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      if (actions.isCovered) return;
      if (event.key === 'Escape' && actions.panel.value) actions.show(undefined);
      else if (actions.press(event.key.toLowerCase())) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [actions]);
};

/** The screen of the call. */
export const CallScreen = (props: { call: Call; roomName: string; link: string; onLeave: () => void }) => {
  const { call, roomName, link, onLeave } = props;
  const actions = useMemo(() => new CallActions(call, onLeave), [call, onLeave]);
  useKeys(actions);
  const panel = actions.panel.value;
  const close = () => actions.show(undefined);
  return (
    <div class="call" data-testid="call" data-link={call.link.value}>
      <header class="call-head">
        <Hoist name={roomName} count={3} />
        <div class="grow cut">
          <ScreenTitle page={roomName}>{roomName}</ScreenTitle>
        </div>
        {call.controls.info.value?.locked && (
          <span class="locked" title="No new participants can join" data-testid="locked-badge">
            <LockIcon />
            Locked
          </span>
        )}
        <span class="only-wide only-keys">
          <IconButton label="Keyboard shortcuts" testid="help-toggle" onClick={() => actions.press('?')}>
            <HelpIcon />
          </IconButton>
        </span>
        <ThemeButton />
      </header>
      <Stage call={call} numbers={actions.numbers.value} link={link} banners={<Banners actions={actions} />} />
      {panel === 'chat' && <ChatPanel call={call} onClose={close} />}
      {panel === 'people' && <PeoplePanel actions={actions} onClose={close} />}
      <Controls actions={actions} link={link} />
      <Overlays actions={actions} link={link} />
      <Questions actions={actions} />
    </div>
  );
};
