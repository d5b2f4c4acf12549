import type { ConnectionId } from '@parley/protocol';
import { randomTexts } from './random-texts.js';

/** A name for one socket that no other ever has: 96 random bits. It is no secret. */
export const newConnectionId = randomTexts(12) as () => ConnectionId;
