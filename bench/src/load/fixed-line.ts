import { BODIES } from './bodies.js';
import type { Kind, Line } from './dialect.js';
import { type RawSocket, textFrame } from './raw-socket.js';

/** One end of a pair that sends the same few frames, which are made once. */
export const fixedLine = (socket: RawSocket, text: (kind: Kind, body: string) => string, take: Line['take']): Line => {
  const frames = Object.fromEntries(
    Object.entries(BODIES).map(([kind, body]) => [kind, textFrame(text(kind as Kind, body))]),
  ) as Record<Kind, Buffer>;
  return { send: (kind) => socket.send(frames[kind]), take };
};
