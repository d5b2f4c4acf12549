import type { ChatMessage } from '@parley/client';
import type { FileItem } from '../files/file-shelf.js';

/** An entry of the chat. `first` starts a run of messages of one user. */
export type Entry =
  | { readonly kind: 'message'; readonly message: ChatMessage; readonly first: boolean }
  | { readonly kind: 'file'; readonly file: FileItem };

const RUN_MS = 5 * 60_000;

/** The messages by `seq`, with each file after the message that was the last one when the file arrived. */
export const timeline = (messages: readonly ChatMessage[], files: readonly FileItem[]): Entry[] => {
  const entries: Entry[] = [];
  let at = 0;
  let before: ChatMessage | undefined;
  const filesUpTo = (seq: number) => {
    for (let file = files[at]; file && file.afterSeq < seq; file = files[++at]) {
      entries.push({ kind: 'file', file });
      before = undefined;
    }
  };
  for (const message of messages) {
    filesUpTo(message.seq);
    const first = before?.user !== message.user || message.at - (before?.at ?? 0) > RUN_MS;
    entries.push({ kind: 'message', message, first });
    before = message;
  }
  filesUpTo(Number.POSITIVE_INFINITY);
  return entries;
};
