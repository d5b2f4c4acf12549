import { GROWTH } from './growth.js';
import { IDLES } from './idle.js';
import { IN_ROOMS } from './in-rooms.js';
import { JOIN_WORKS } from './joins.js';
import { RELAYS } from './relay.js';
import { TROUBLES } from './trouble.js';
import type { Work } from './work.js';

/** The works, in the order of the report. */
export const WORKS: readonly Work[] = [...RELAYS, ...JOIN_WORKS, ...IN_ROOMS, ...IDLES, ...TROUBLES, ...GROWTH];
