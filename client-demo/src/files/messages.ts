/** Label of the data channel that carries one file to one peer (RFC 8831; ordered, reliable). */
export const FILE_CHANNEL = 'file';

/** Maximum size of a file, which the receiver accepts without asking the user. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** Maximum number of concurrent incoming files per peer. */
export const MAX_INCOMING_PER_PEER = 4;
/** Maximum number of concurrent outgoing files; a file to all peers counts once. */
export const MAX_OUTGOING = 8;
/** Maximum bytes of received files that the page keeps; a file beyond it is declined. */
export const MAX_KEPT_BYTES = 4 * MAX_FILE_BYTES;
/** Maximum size of a chunk: what SCTP implementations carry well in one message. */
export const CHUNK_BYTES = 64 * 1024;
/** The sender pauses above the high mark of buffered bytes, and resumes at the low mark. */
export const BUFFER_HIGH_BYTES = 1024 * 1024;
export const BUFFER_LOW_BYTES = 256 * 1024;

/** Why a receiver declines a file. */
export type Refusal = 'too_large' | 'busy' | 'no_space' | 'not_understood';

/**
 * The text messages of the channel. In order: `header` (sender), `accept` or `refuse` (receiver), binary
 * chunks (sender), `end` (sender), `result` (receiver). `cancel` by either, at any time, ends it.
 */
export type FileMessage =
  | { readonly type: 'header'; readonly name: string; readonly size: number; readonly mime: string }
  | { readonly type: 'accept' }
  | { readonly type: 'refuse'; readonly reason: Refusal }
  | { readonly type: 'end'; readonly sha256: string }
  | { readonly type: 'result'; readonly ok: boolean; readonly sha256: string }
  | { readonly type: 'cancel' };

const MAX_MESSAGE_CHARS = 4096;
const MAX_NAME_CHARS = 200;
const SHA256_PATTERN = /^[0-9a-f]{64}$/;
const MIME_PATTERN = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;
const REFUSALS: readonly string[] = ['too_large', 'busy', 'no_space', 'not_understood'];

/** A name that is safe to show and to save under: no path, no control or direction characters. */
export const safeName = (name: string): string => {
  const last = name.split(/[/\\]/).pop() ?? '';
  const clean = last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
  return clean.slice(0, MAX_NAME_CHARS) || 'file';
};

/** Parses a text message of the other side. @returns undefined if it is invalid or unknown */
export const parseFileMessage = (text: string): FileMessage | undefined => {
  if (text.length > MAX_MESSAGE_CHARS) return undefined;
  let message: Record<string, unknown>;
  try {
    message = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, name, size, mime, reason, sha256, ok } = message;
  switch (type) {
    case 'accept':
    case 'cancel':
      return { type };
    case 'header':
      if (typeof name !== 'string' || !Number.isSafeInteger(size) || (size as number) < 0) return undefined;
      return {
        type,
        name: safeName(name),
        size: size as number,
        mime: typeof mime === 'string' && MIME_PATTERN.test(mime) ? mime : 'application/octet-stream',
      };
    case 'refuse':
      if (!REFUSALS.includes(reason as string)) return undefined;
      return { type, reason: reason as Refusal };
    case 'end':
      if (typeof sha256 !== 'string' || !SHA256_PATTERN.test(sha256)) return undefined;
      return { type, sha256 };
    case 'result':
      if (typeof sha256 !== 'string' || typeof ok !== 'boolean' || !SHA256_PATTERN.test(sha256)) return undefined;
      return { type, ok, sha256 };
    default:
      return undefined;
  }
};

/** State of a transfer. The last six are final. */
export type FileState =
  | 'waiting'
  | 'moving'
  | 'checking'
  | 'done'
  | 'corrupt'
  | 'refused'
  | 'cancelled'
  | 'failed'
  | 'gone';

const ENDS: ReadonlySet<FileState> = new Set(['done', 'corrupt', 'refused', 'cancelled', 'failed', 'gone']);

/** Whether the state is final. */
export const hasEnded = (state: FileState): boolean => ENDS.has(state);
