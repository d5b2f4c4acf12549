/** Sets the wall clock of this process ahead, like a step of NTP: timers and `performance` do not change. */
const RealDate = Date;
let offsetMs = 0;
const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  apply: () => new RealDate(now()).toString(),
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
});

/** @param {number} ms offset from the real time, may be negative */
export const shiftClock = (ms) => {
  offsetMs = ms;
};
shiftClock(Number(process.env.PARLEY_TEST_CLOCK_MS ?? 0));
