/** Colours of the flags of the International Code of Signals. */
const W = '#fbfaf6';
const B = '#1f4fae';
const R = '#d63a3c';
const Y = '#f8c630';
const K = '#182230';

/** One painted shape on a flag of 12 × 12: a path and its colour. */
export type Shape = readonly [path: string, colour: string];

const all = (colour: string): Shape => ['M0 0h12v12H0z', colour];
const box = (x: number, y: number, w: number, h: number, colour: string): Shape => [
  `M${x} ${y}h${w}v${h}h-${w}z`,
  colour,
];
const cross = (colour: string): Shape => ['M4.7 0h2.6v4.7H12v2.6H7.3V12H4.7V7.3H0V4.7h4.7z', colour];
const saltire = (colour: string): Shape => [
  'M0 0h1.8L6 4.2 10.2 0H12v1.8L7.8 6 12 10.2V12h-1.8L6 7.8 1.8 12H0v-1.8L4.2 6 0 1.8z',
  colour,
];

/** The 26 letter flags, hoist (pole) on the left. */
export const FLAGS: Readonly<Record<string, readonly Shape[]>> = {
  A: [box(0, 0, 6, 12, W), ['M6 0h6L9 6l3 6H6z', B]],
  B: [['M0 0h12L9 6l3 6H0z', R]],
  C: [all(B), box(0, 2.4, 12, 7.2, W), box(0, 4.8, 12, 2.4, R)],
  D: [all(Y), box(0, 3, 12, 6, B)],
  E: [box(0, 0, 12, 6, B), box(0, 6, 12, 6, R)],
  F: [all(W), ['M6 0l6 6-6 6-6-6z', R]],
  G: [all(Y), box(2, 0, 2, 12, B), box(6, 0, 2, 12, B), box(10, 0, 2, 12, B)],
  H: [box(0, 0, 6, 12, W), box(6, 0, 6, 12, R)],
  I: [all(Y), ['M6 3a3 3 0 1 0 .01 0z', K]],
  J: [all(B), box(0, 4, 12, 4, W)],
  K: [box(0, 0, 6, 12, Y), box(6, 0, 6, 12, B)],
  L: [all(Y), box(6, 0, 6, 6, K), box(0, 6, 6, 6, K)],
  M: [all(B), saltire(W)],
  N: [all(W), ['M0 0h3v3h3V0h3v3h3v3H9v3h3v3H9V9H6v3H3V9H0V6h3V3H0zM3 3v3h3V3zm3 3v3h3V6z', B]],
  O: [all(R), ['M0 0v12h12z', Y]],
  P: [all(B), box(3.5, 3.5, 5, 5, W)],
  Q: [all(Y)],
  R: [all(R), cross(Y)],
  S: [all(W), box(3.5, 3.5, 5, 5, B)],
  T: [box(0, 0, 4, 12, R), box(4, 0, 4, 12, W), box(8, 0, 4, 12, B)],
  U: [all(W), box(0, 0, 6, 6, R), box(6, 6, 6, 6, R)],
  V: [all(W), saltire(R)],
  W: [all(B), box(2.2, 2.2, 7.6, 7.6, W), box(4.4, 4.4, 3.2, 3.2, R)],
  X: [all(W), cross(B)],
  Y: [
    all(Y),
    [
      'M0 2.4L2.4 0H4.8L0 4.8zM0 7.2L7.2 0h2.4L0 9.6zM0 12L12 0v2.4L2.4 12zM4.8 12L12 4.8v2.4L7.2 12zM9.6 12L12 9.6V12z',
      R,
    ],
  ],
  Z: [
    ['M0 0l6 6-6 6z', K],
    ['M0 0h12L6 6z', Y],
    ['M12 0v12L6 6z', B],
    ['M0 12l6-6 6 6z', R],
  ],
};

/** The two swallow-tailed flags without the cut, which in a circle would look like a defect. */
export const ROUND: Readonly<Record<string, readonly Shape[]>> = {
  A: [box(0, 0, 6, 12, W), box(6, 0, 6, 12, B)],
  B: [all(R)],
};

/** The letters of a name that have a flag, at most `count`, without accents. Other scripts map to one fixed letter. */
export const flagLetters = (name: string, count: number): string[] => {
  const plain = name.normalize('NFD').toUpperCase();
  const letters = plain.replace(/[^A-Z]/g, '').slice(0, count);
  if (letters) return [...letters];
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return [String.fromCharCode(65 + (hash % 26))];
};

/** The initials of a name: one or two letters, of its first and last word. */
export const initials = (name: string): string => {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
};
