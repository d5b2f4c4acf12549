import type { Socket } from 'node:net';

/**
 * Ends a connection with an RST. One whose FIN is in flight is closed instead: Node 20 refuses to reset it (EINVAL) and
 * then never closes its handle, which keeps the process from exiting.
 */
export const resetSocket = (socket: Socket): void => {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
};
