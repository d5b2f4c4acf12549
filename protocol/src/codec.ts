/** A decoded frame: the parsed header, and the body if a line feed followed the header. */
export interface Frame<Header = unknown> {
  readonly header: Header;
  /** Undefined when the frame has no line feed; the empty string when nothing follows it. */
  readonly body: string | undefined;
}

/**
 * Encodes a frame as text: a line of JSON and, if there is a body, a line feed and the unchanged body.
 * `JSON.stringify` never writes a line feed, so nothing in a body can become part of a header.
 */
export const encodeFrame = (header: object, body?: string): string =>
  body === undefined ? JSON.stringify(header) : `${JSON.stringify(header)}\n${body}`;

/**
 * Decodes the text of a frame: the reverse of {@link encodeFrame}.
 * @throws SyntaxError when the first line is not JSON.
 */
export const decodeFrame = <Header = unknown>(text: string): Frame<Header> => {
  const end = text.indexOf('\n');
  return end < 0
    ? { header: JSON.parse(text) as Header, body: undefined }
    : { header: JSON.parse(text.slice(0, end)) as Header, body: text.slice(end + 1) };
};
