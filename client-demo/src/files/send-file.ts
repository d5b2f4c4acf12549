import type { FileChannel, TransferEvents } from './channel.js';
import {
  BUFFER_HIGH_BYTES,
  BUFFER_LOW_BYTES,
  CHUNK_BYTES,
  type FileMessage,
  parseFileMessage,
  safeName,
} from './messages.js';
import { Sha256 } from './sha256.js';

/** The part of File that sending uses. */
export interface Source {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/**
 * Sends one file over one channel: header, wait for `accept`, chunks no faster than the channel drains,
 * digest, wait for the receiver's result. Holds one chunk and at most {@link BUFFER_HIGH_BYTES} in the channel.
 * @returns a function that cancels
 */
export const sendFile = (
  channel: FileChannel,
  file: Source,
  events: TransferEvents,
  chunkBytes: number = CHUNK_BYTES,
): (() => void) => {
  let over = false;
  let started = false;
  let wake: (() => void) | undefined;

  const finish = (...end: Parameters<TransferEvents['ended']>) => {
    if (over) return;
    over = true;
    wake?.();
    for (const [type, listener] of listeners) channel.removeEventListener(type, listener);
    channel.close();
    events.ended(...end);
  };
  const say = (message: FileMessage) => channel.send(JSON.stringify(message));
  const drained = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  const pump = async () => {
    const hash = new Sha256();
    for (let at = 0; at < file.size; ) {
      const chunk = await file.slice(at, Math.min(at + chunkBytes, file.size)).arrayBuffer();
      if (chunk.byteLength === 0) throw new Error('the file became shorter');
      hash.update(new Uint8Array(chunk));
      while (!over && channel.bufferedAmount > BUFFER_HIGH_BYTES) await drained();
      if (over) return;
      channel.send(chunk);
      at += chunk.byteLength;
      events.progress(Math.max(0, at - channel.bufferedAmount));
    }
    if (over) return;
    events.checking();
    say({ type: 'end', sha256: hash.hex() });
  };

  const receive = (text: unknown) => {
    const message = typeof text === 'string' ? parseFileMessage(text) : undefined;
    if (message?.type === 'accept' && !started) {
      started = true;
      pump().catch(() => finish('failed'));
    } else if (message?.type === 'refuse') finish('refused', { reason: message.reason });
    else if (message?.type === 'cancel') finish('cancelled');
    else if (message?.type === 'result') {
      events.progress(file.size);
      finish(message.ok ? 'done' : 'corrupt', { sha256: message.sha256 });
    }
  };

  const open = () => say({ type: 'header', name: safeName(file.name), size: file.size, mime: file.type });
  const listeners: readonly [string, (event: { readonly data?: unknown }) => void][] = [
    ['open', open],
    ['message', (event) => receive(event.data)],
    ['bufferedamountlow', () => wake?.()],
    ['close', () => finish('gone')],
    ['error', () => finish('gone')],
  ];
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = BUFFER_LOW_BYTES;
  for (const [type, listener] of listeners) channel.addEventListener(type, listener);
  if (channel.readyState === 'open') open();

  return () => {
    if (over) return;
    if (channel.readyState === 'open') say({ type: 'cancel' });
    finish('cancelled');
  };
};
