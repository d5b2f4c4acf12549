import type { FileChannel, TransferEvents } from './channel.js';
import { type FileMessage, parseFileMessage, type Refusal } from './messages.js';
import { Sha256 } from './sha256.js';

/** Events of the receiving side. */
export interface ReceiveEvents extends TransferEvents {
  /** The header arrived. Return a refusal to decline the file. */
  offered(file: { readonly name: string; readonly size: number; readonly mime: string }): Refusal | undefined;
  /** The whole file with a verified digest, just before `ended('done')`. */
  received(file: Blob): void;
}

/** Chunks are folded into a Blob at this size, which the browser may keep on disk. */
const FOLD_BYTES = 2 * 1024 * 1024;

/**
 * Type of every received file. Its URL is of the page's own origin: with the sender's type, opening it in a tab could run
 * the sender's HTML or SVG as this page. Browsers save this type, never show it, and programs go by the file's name.
 */
const FILE_TYPE = 'application/octet-stream';

/**
 * Receives one file over one channel, checks its length and SHA-256 and reports the result to the sender.
 * @returns a function that cancels
 */
export const receiveFile = (channel: FileChannel, events: ReceiveEvents): (() => void) => {
  const hash = new Sha256();
  let expected: { size: number } | undefined;
  let parts: (ArrayBuffer | Blob)[] = [];
  let loose = 0;
  let bytes = 0;
  let over = false;

  const finish = (...end: Parameters<TransferEvents['ended']>) => {
    if (over) return;
    over = true;
    parts = [];
    for (const [type, listener] of listeners) channel.removeEventListener(type, listener);
    events.ended(...end);
  };
  const say = (message: FileMessage) => {
    if (channel.readyState === 'open') channel.send(JSON.stringify(message));
  };
  const refuse = (reason: Refusal) => {
    say({ type: 'refuse', reason });
    finish('refused', { reason });
  };

  const take = (chunk: ArrayBuffer) => {
    if (!expected || bytes + chunk.byteLength > expected.size) return refuse('not_understood');
    bytes += chunk.byteLength;
    loose += chunk.byteLength;
    hash.update(new Uint8Array(chunk));
    parts.push(chunk);
    if (loose >= FOLD_BYTES) {
      parts = [new Blob(parts)];
      loose = 0;
    }
    events.progress(bytes);
  };

  const end = (claimed: string) => {
    if (!expected) return refuse('not_understood');
    events.checking();
    const sha256 = hash.hex();
    const ok = bytes === expected.size && sha256 === claimed;
    say({ type: 'result', ok, sha256 });
    if (ok) events.received(new Blob(parts, { type: FILE_TYPE }));
    finish(ok ? 'done' : 'corrupt', { sha256 });
  };

  const receive = (data: unknown) => {
    if (data instanceof ArrayBuffer) return take(data);
    const message = typeof data === 'string' ? parseFileMessage(data) : undefined;
    if (message?.type === 'header' && !expected) {
      const refusal = events.offered(message);
      if (refusal) return refuse(refusal);
      expected = message;
      say({ type: 'accept' });
    } else if (message?.type === 'end') end(message.sha256);
    else if (message?.type === 'cancel') finish('cancelled');
    else refuse('not_understood');
  };

  const listeners: readonly [string, (event: { readonly data?: unknown }) => void][] = [
    ['message', (event) => receive(event.data)],
    ['close', () => finish('gone')],
    ['error', () => finish('gone')],
  ];
  channel.binaryType = 'arraybuffer';
  for (const [type, listener] of listeners) channel.addEventListener(type, listener);

  return () => {
    if (over) return;
    say({ type: 'cancel' });
    finish('cancelled');
  };
};
