import { RELAYS } from './relay.js';
import type { Work } from './work.js';

export const WORKS: readonly Work[] = [...RELAYS];
