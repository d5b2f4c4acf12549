import { ParleyError } from './errors.js';

const encoder = new TextEncoder();

/** @internal True when the text takes more bytes of UTF-8; a UTF-16 unit takes three at most. */
export const isLargerThan = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && encoder.encode(text).length > bytes;

/** @internal @throws ParleyError `payload_too_large`: better here than by the server, which ends the socket for it. */
export const checkSize = (text: string, bytes: number): void => {
  if (isLargerThan(text, bytes)) throw new ParleyError('payload_too_large', `At most ${bytes} bytes are allowed.`);
};

/** @internal @throws ParleyError `bad_request` for what JSON cannot say. */
export const json = (data: unknown): string => {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw new ParleyError('bad_request', 'This cannot be written as JSON.', { cause });
  }
  if (text === undefined) throw new ParleyError('bad_request', 'This cannot be written as JSON.');
  return text;
};

/** @internal JSON, or the text itself: a client without this SDK may send any text. */
export const parseOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
