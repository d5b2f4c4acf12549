import { sentenceFor } from '../api/sentences.js';
import { When } from '../ui/when.js';
import type { ChatLog, Pending } from './chat-log.js';
import { linkify } from './linkify.js';
import type { Entry } from './timeline.js';

/** The text of a message. Nothing in it is markup, and only http and https addresses become links. */
const Words = ({ text }: { text: string }) => (
  <>
    {linkify(text).map((piece, at) =>
      typeof piece === 'string' ? (
        piece
      ) : (
        <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
          {piece.text}
        </a>
      ),
    )}
  </>
);

/** A message that the server has stored. */
export const MessageLine = ({ entry, own }: { entry: Extract<Entry, { kind: 'message' }>; own: boolean }) => {
  const { message, first } = entry;
  return (
    <div
      class={`message ${own ? 'own' : ''} ${first ? 'first' : ''}`}
      data-testid="chat-message"
      data-own={own ? '' : undefined}
      data-seq={message.seq}
      data-state="sent"
    >
      {first && (
        <div class="message-head">
          <span>{own ? 'You' : message.name}</span>
          <When at={message.at} />
        </div>
      )}
      <div class="bubble" dir="auto">
        <Words text={message.text} />
      </div>
    </div>
  );
};

/** The user's own message that is being sent, or that could not be sent. */
export const PendingLine = ({ pending, chat }: { pending: Pending; chat: ChatLog }) => (
  <div
    class={`message own first ${pending.failed ? 'failed' : 'sending'}`}
    data-testid="chat-pending"
    data-state={pending.failed ? 'failed' : 'sending'}
  >
    <div class="bubble" dir="auto">
      <Words text={pending.text} />
    </div>
    <div class="message-state">
      {pending.failed ? (
        <>
          <span class="fault">Not sent. {sentenceFor(pending.failed).title}.</span>
          <button type="button" class="button plain" data-testid="chat-retry" onClick={() => chat.retry(pending)}>
            Try again
          </button>
          <button type="button" class="button plain" onClick={() => chat.forget(pending.key)}>
            Discard
          </button>
        </>
      ) : (
        'Sending…'
      )}
    </div>
  </div>
);
