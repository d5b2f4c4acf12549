import { parley, parleyAcked } from './parley.js';
import { reference } from './reference.js';
import type { System } from './system.js';

/** The first is what every other is measured against. */
export const SYSTEMS: readonly System[] = [reference('ws', 'ws-relay', 'ws-relay.ts'), parley, parleyAcked];
