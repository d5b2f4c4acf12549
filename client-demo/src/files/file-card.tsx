import { IconButton } from '../ui/button.js';
import { CloseIcon, DownloadIcon, FileIcon } from '../ui/icons.js';
import type { FileItem, Leg } from './file-shelf.js';
import { type FileState, hasEnded } from './messages.js';
import { bytesInWords, overallProgress, overallState } from './progress.js';

const WORDS: Readonly<Record<FileState, string>> = {
  waiting: 'waiting to be accepted',
  moving: '',
  checking: 'verifying',
  done: 'received and verified',
  corrupt: 'corrupted in transfer; send it again',
  refused: 'declined',
  cancelled: 'cancelled',
  failed: 'could not be read; select it again',
  gone: 'connection lost; send it again',
};

const REASONS: Readonly<Record<string, string>> = {
  too_large: 'declined: too large',
  busy: 'declined: too many at once; try again in a moment',
  no_space: 'declined: no space left for files',
};

const words = (state: FileState, reason: string | undefined, progress: number): string =>
  state === 'moving' ? `${Math.floor(progress * 100)} %` : ((reason && REASONS[reason]) ?? WORDS[state]);

const LegLine = ({ leg, size }: { leg: Leg; size: number }) => {
  const progress = leg.state === 'done' ? 1 : size > 0 ? leg.bytes / size : 0;
  return (
    <li class="leg" data-peer={leg.peer} data-state={leg.state}>
      <span class="cut">{leg.name}</span>
      <span>{words(leg.state, leg.reason, progress)}</span>
      {!hasEnded(leg.state) && <progress class="progress" max={1} value={progress} aria-label={`To ${leg.name}`} />}
    </li>
  );
};

/** A file in the chat: sender or recipients, progress, and its actions. */
export const FileCard = ({ item, onCancel }: { item: FileItem; onCancel: () => void }) => {
  const state = overallState(item.legs);
  const progress = overallProgress(item.legs, item.size);
  const ended = hasEnded(state);
  const out = item.direction === 'out';
  const [only] = item.legs;
  const others = item.legs.length === 1 ? (only?.name ?? '') : `${item.legs.length} people`;
  return (
    <div
      class={`message first ${out ? 'own' : ''}`}
      data-testid="file-item"
      data-direction={item.direction}
      data-state={state}
      data-progress={Math.floor(progress * 100)}
      data-sha256={item.sha256}
    >
      <div class="message-head">
        <span>{out ? `You to ${others}` : others}</span>
      </div>
      <div class={`file ${ended && state !== 'done' ? 'ended-bad' : ''}`}>
        <div class="file-head">
          <FileIcon />
          <div class="grow">
            <div class="file-name">{item.name}</div>
            <div class="file-details">
              {bytesInWords(item.size)} · {words(state, only?.reason, progress)}
            </div>
          </div>
          {!ended && (
            <IconButton label={`Cancel ${item.name}`} onClick={onCancel} testid="file-cancel">
              <CloseIcon />
            </IconButton>
          )}
        </div>
        {!ended && <progress class="progress" max={1} value={progress} aria-label={item.name} />}
        {item.legs.length > 1 && (
          <ul class="legs">
            {item.legs.map((leg) => (
              <LegLine key={leg.peer} leg={leg} size={item.size} />
            ))}
          </ul>
        )}
        {item.url && (
          <a class="button quiet" href={item.url} download={item.name} data-testid="file-download">
            <DownloadIcon />
            Save
          </a>
        )}
      </div>
    </div>
  );
};
