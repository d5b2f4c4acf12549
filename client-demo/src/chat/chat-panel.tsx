import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Call } from '../call/call.js';
import { PanelFrame } from '../call/panel-frame.js';
import { FileCard } from '../files/file-card.js';
import { Problem } from '../ui/problem.js';
import { Composer, sendFiles } from './composer.js';
import { MessageLine, PendingLine } from './message-line.js';
import { timeline } from './timeline.js';

const NEAR_END_PX = 120;

/** Keeps the newest message visible unless the user has scrolled up. */
const useStickToEnd = () => {
  const ref = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  // After every render: a message may be added, or an existing one may grow.
  useLayoutEffect(() => {
    const log = ref.current;
    if (log && stick.current) log.scrollTop = log.scrollHeight;
  });
  const onScroll = () => {
    const log = ref.current;
    if (log) stick.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  };
  return { ref, onScroll };
};

/** The chat: messages, files and the composer. Files can be dropped anywhere on it. */
export const ChatPanel = ({ call, onClose }: { call: Call; onClose: () => void }) => {
  const { chat, files } = call;
  const [dropping, setDropping] = useState(false);
  const entries = timeline(chat.messages.value, files.items.value);
  const pending = chat.pending.value;
  const { ref, onScroll } = useStickToEnd();
  const empty = entries.length === 0 && pending.length === 0;
  return (
    <PanelFrame
      title="Chat"
      testid="chat-panel"
      class={dropping ? 'dropping' : ''}
      onClose={onClose}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        sendFiles(call, event.dataTransfer?.files, undefined);
      }}
    >
      {/* Not a live region: the announcer reads new messages, and history must not be read out. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by the keyboard */}
      <div ref={ref} class="log" role="log" aria-live="off" onScroll={onScroll} tabIndex={0}>
        {chat.problem.value && <Problem code={chat.problem.value} onNext={() => chat.read()} />}
        {chat.hasEarlier() && (
          <div class="more">
            <button type="button" class="button plain" disabled={chat.reading.value} onClick={() => chat.read()}>
              Earlier messages
            </button>
          </div>
        )}
        {empty && !chat.problem.value && (
          <p class="empty-hint">Say hello. Messages are stored with the room; files go directly to the people in it.</p>
        )}
        {entries.map((entry) =>
          entry.kind === 'message' ? (
            <MessageLine key={`m${entry.message.seq}`} entry={entry} own={chat.isOwn(entry.message)} />
          ) : (
            <FileCard key={`f${entry.file.key}`} item={entry.file} onCancel={() => files.cancel(entry.file)} />
          ),
        )}
        {pending.map((one) => (
          <PendingLine key={`p${one.key}`} pending={one} chat={chat} />
        ))}
      </div>
      <Composer call={call} />
    </PanelFrame>
  );
};
