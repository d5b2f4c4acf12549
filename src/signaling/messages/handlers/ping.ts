import type { Handler } from './handler.js';

/** Handles `ping`: answers with `pong`. */
export const handlePing: Handler<'ping'> = (message, session) => {
  session.send({ type: 'pong', ...(message.id !== undefined && { re: message.id }) });
};
