import { ParleyError } from './errors.js';

const encoder = new TextEncoder();

/** @internal Whether the text is larger in UTF-8. A UTF-16 code unit takes at most three bytes. */
export const isLargerThan = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && encoder.encode(text).length > bytes;

/** @internal Check a size before the server refuses it. @throws ParleyError `payload_too_large` */
export const checkSize = (text: string, bytes: number): void => {
  if (isLargerThan(text, bytes))
    throw new ParleyError('payload_too_large', `The payload exceeds the limit of ${bytes} bytes.`);
};

/** @internal Serialize as JSON. @throws ParleyError `bad_request` for a value that is not JSON. */
export const json = (data: unknown): string => {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw new ParleyError('bad_request', 'The value cannot be serialized as JSON.', { cause });
  }
  if (text === undefined) throw new ParleyError('bad_request', 'The value cannot be serialized as JSON.');
  return text;
};

/** @internal Parse JSON, or return the text itself: other clients may send any text. */
export const parseOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
