import type { Handler } from './handler.js';

/** Handles `pong`: nothing to do, since the session records the time of each frame. */
export const handlePong: Handler<'pong'> = () => {};
