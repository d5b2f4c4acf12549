/** A part of a message: plain text, or a link. */
export type Piece = string | { readonly text: string; readonly href: string };

/**
 * A possible URL. Spaces, quotes and angle brackets end it (RFC 3986 appendix C), and so do the Unicode marks that
 * change the direction of text: with those a link could display another host than its own.
 */
const CANDIDATE = /\bhttps?:\/\/[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
/** Punctuation that belongs to the sentence rather than to the URL. */
const TRAILING = /[.,;:!?…*_~]$/u;
const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const count = (text: string, character: string): number => text.split(character).length - 1;

/** The URL without trailing punctuation and unmatched brackets. */
const trimmed = (candidate: string): string => {
  let text = candidate;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opening = BRACKETS[last];
    const closesNothing = opening !== undefined && count(text, last) > count(text, opening);
    if (!closesNothing && !TRAILING.test(text)) return text;
    text = text.slice(0, -1);
  }
};

const hrefOf = (text: string): string | undefined => {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, href } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && hostname !== '' ? href : undefined;
};

/**
 * Splits a message into text and links to http and https URLs. The joined texts of the pieces are the message.
 * No other scheme, and no address without a scheme, becomes a link.
 */
export const linkify = (message: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: candidate, index } of message.matchAll(CANDIDATE)) {
    const text = trimmed(candidate);
    const href = hrefOf(text);
    if (!href) continue;
    if (index > at) pieces.push(message.slice(at, index));
    pieces.push({ text, href });
    at = index + text.length;
  }
  if (at < message.length) pieces.push(message.slice(at));
  return pieces;
};
