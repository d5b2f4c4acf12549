import { CALL } from './bodies.js';
import type { Dialect, Kind, Peer } from './dialect.js';
import type { FrameListener } from './raw-socket.js';

const ANSWER: readonly Kind[] = ['answer', ...CALL.slice(1)];

/**
 * Offer, answer, and candidates both ways, until all of them arrived. The caller is whoever joined last, and sees the
 * other; the callee knows of the caller by its offer.
 * @param onOther gets what came meanwhile and is no signal
 */
export const exchangeCall = (dialect: Dialect, caller: Peer, callee: Peer, onOther: FrameListener): Promise<void> => {
  const there = dialect.line(caller, callee);
  const back = dialect.line(callee, caller);
  return new Promise((resolve) => {
    let toCallee = 0;
    let toCaller = 0;
    const check = () => toCallee === CALL.length && toCaller === ANSWER.length && resolve();
    callee.socket.onText = (bytes, start, end) => {
      if (!back.take(bytes, start, end)) return onOther(bytes, start, end);
      toCallee += 1;
      if (toCallee === 1) for (const kind of ANSWER) back.send(kind);
      check();
    };
    caller.socket.onText = (bytes, start, end) => {
      if (!there.take(bytes, start, end)) return onOther(bytes, start, end);
      toCaller += 1;
      check();
    };
    for (const kind of CALL) there.send(kind);
  });
};
