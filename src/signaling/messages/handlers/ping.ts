import type { Handler } from './handler.js';

/** Shows that the server lives and that the way back works. */
export const handlePing: Handler<'ping'> = (message, session) => {
  session.send({ type: 'pong', ...(message.id !== undefined && { re: message.id }) });
};
