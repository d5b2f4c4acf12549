/** A clock that can be stopped for good, so that no timer fires that a killed process would not have run. */
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
