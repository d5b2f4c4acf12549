/** A clock that can be stopped for good: what a killed process would not have done is not done. */
export const mortalClock = () => {
  let alive = true;
  return {
    now: () => performance.now(),
    setTimeout: (run, delayMs) => setTimeout(() => alive && run(), delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
    kill: () => {
      alive = false;
    },
  };
};
