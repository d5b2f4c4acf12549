import type { ConnectionId } from '@parley/protocol';
import { randomTexts } from './random-texts.js';

/** Makes a unique id of one socket: 96 random bits. It is not a secret. */
export const newConnectionId = randomTexts(12) as () => ConnectionId;
