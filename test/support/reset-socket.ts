import type { Socket } from 'node:net';

/**
 * Ends a connection with an RST. One whose FIN is under way is closed instead: Node 20 refuses to reset it (EINVAL) and
 * then never closes its handle, and a process with such a handle turns round for ever when it wants to exit.
 */
export const resetSocket = (socket: Socket): void => {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
};
