/** A stretch of a message: words as they are, or an address to go to. */
export type Piece = string | { readonly text: string; readonly href: string };

/**
 * Where an address may be. Spaces, quotes and angle brackets end it (RFC 3986 appendix C), and so do the marks that
 * turn the direction of writing: with those an address could show another host than the one it leads to.
 */
const CANDIDATE = /\bhttps?:\/\/[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?…*_~]$/u;
const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const count = (text: string, character: string): number => text.split(character).length - 1;

/** The address without the full stop after it, or the bracket around it. */
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
 * Splits a message where it names an http or https address. The pieces' texts, joined, are the message.
 * Nothing else becomes a link: no other scheme, and no address without one.
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
