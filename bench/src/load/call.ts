import { CALL } from './bodies.js';
import type { Dialect, Kind, Peer } from './dialect.js';
import type { FrameListener } from './raw-socket.js';

const ANSWER: readonly Kind[] = ['answer', ...CALL.slice(1)];

/**
 * Exchanges offer, answer and candidates until all have arrived. The caller joined last, and sees the
 * callee in the roster; the callee learns of the caller by the offer.
 * @param onOther called with frames that are no signals
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
