import type { DoorMaker } from './door.js';

/** Every door that there is: one line each. */
export const DOORS: readonly DoorMaker[] = [];
