import type { PeerId } from '@parley/client';
import { useRef, useState } from 'preact/hooks';
import type { Call } from '../call/call.js';
import { notify } from '../state/notices.js';
import { IconButton } from '../ui/button.js';
import { ClipIcon, SendIcon } from '../ui/icons.js';

/** Sends each chosen or dropped file, and shows a notice for each that cannot be sent. */
export const sendFiles = (call: Call, files: FileList | null | undefined, to: PeerId | undefined): void => {
  for (const file of files ?? []) {
    const fault = call.files.send(file, to);
    if (fault) notify(fault, 'bad');
  }
};

const EVERYONE = '';

/** Selects the recipient of files; shown when there is a choice. */
const Recipients = ({ call, to, onTo }: { call: Call; to: string; onTo: (to: string) => void }) => (
  <label class="recipients">
    Files go to
    <select value={to} data-testid="file-recipient" onChange={(event) => onTo(event.currentTarget.value)}>
      <option value={EVERYONE}>everyone here</option>
      {call.people.value
        .filter(({ self }) => !self)
        .map(({ peer, name }) => (
          <option key={peer} value={peer}>
            only {name}
          </option>
        ))}
    </select>
  </label>
);

/** The message field. Enter sends, Shift+Enter inserts a line break. */
export const Composer = ({ call }: { call: Call }) => {
  const { chat } = call;
  const [text, setText] = useState('');
  const [to, setTo] = useState(EVERYONE);
  const input = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const others = call.people.value.filter(({ self }) => !self);
  const recipient = others.find(({ peer }) => peer === to)?.peer;
  const tooLong = chat.isTooLong(text);
  const mayWrite = call.controls.permissions.value.chat;

  const send = () => {
    const line = text.trim();
    if (line === '' || tooLong || !mayWrite) return;
    if (!chat.canSend()) return notify('Too many messages are waiting to be sent. Try again in a moment.', 'bad');
    setText('');
    void chat.send(line);
    input.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {others.length > 1 && <Recipients call={call} to={recipient ?? EVERYONE} onTo={setTo} />}
      {!mayWrite && <p class="hint">A moderator has turned off chat for you. You can still read it.</p>}
      {tooLong && <p class="fault">This is too long for one message.</p>}
      <div class="composer-row">
        <IconButton label="Send a file" onClick={() => file.current?.click()} testid="file-button">
          <ClipIcon />
        </IconButton>
        <input
          ref={file}
          type="file"
          multiple
          hidden
          data-testid="file-input"
          onChange={(event) => {
            sendFiles(call, event.currentTarget.files, recipient);
            event.currentTarget.value = '';
          }}
        />
        <textarea
          ref={input}
          class="input"
          rows={1}
          aria-label="Message"
          aria-invalid={tooLong || undefined}
          placeholder={mayWrite ? 'Write a message' : 'Chat is turned off for you'}
          disabled={!mayWrite}
          enterkeyhint="send"
          data-testid="chat-input"
          data-first-focus
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          class="icon-button send"
          aria-label="Send"
          title="Send"
          data-testid="chat-send"
          disabled={text.trim() === '' || tooLong || !mayWrite}
        >
          <SendIcon />
        </button>
      </div>
    </form>
  );
};
