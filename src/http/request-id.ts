import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The id that log lines and problems carry: a proxy's, if it looks like one, else a new one. */
export const requestId = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(given) ? given : randomUUID();
};
