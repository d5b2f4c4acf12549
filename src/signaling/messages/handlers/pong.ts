import type { Handler } from './handler.js';

/** Having been received is all that it says: the session noted the time. */
export const handlePong: Handler<'pong'> = () => {};
