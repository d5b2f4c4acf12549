/** A part of a message: plain text, or a link. */
export type Piece = string | { readonly text: string; readonly href: string };

/**
 * A possible URL. Spaces, quotes and angle brackets end it (RFC 3986 appendix C), and so do the Unicode marks that
 * change the direction of text: with those a link could display another host than its own.
 */
const CANDIDATE = /\bhttps?:\/\/[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
/** Punctuation that belongs to the sentence rather than to the URL. */
const TRAILING = new Set('.,;:!?…*_~');
const OPENING_OF: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/** How often each bracket occurs. */
const countBrackets = (text: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const [closing, opening] of OPENING_OF) counts.set(closing, 0).set(opening, 0);
  for (const character of text) {
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  return counts;
};

/** The URL without trailing punctuation and unmatched brackets. One pass from each end: messages come from anyone. */
const trimmed = (candidate: string): string => {
  const counts = countBrackets(candidate);
  const countOf = (bracket: string) => counts.get(bracket) ?? 0;
  let end = candidate.length;
  for (; end > 0; end--) {
    const last = candidate[end - 1] as string;
    const opening = OPENING_OF.get(last);
    if (opening !== undefined && countOf(last) > countOf(opening)) counts.set(last, countOf(last) - 1);
    else if (!TRAILING.has(last)) break;
  }
  return candidate.slice(0, end);
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
