/** When the faults are over, and when the run is, in virtual milliseconds. */
export const QUIET_AT_MS = 90_000;
export const OVER_AT_MS = 190_000;
