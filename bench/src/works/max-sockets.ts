import { readFileSync } from 'node:fs';

/** File descriptors of a process besides its sockets. */
const OTHER_FILES = 100;

/** How many sockets one process of this user may have: the server has as many as the generator. */
export const maxSockets = (): number => {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? Number.POSITIVE_INFINITY : Number(hard) - OTHER_FILES;
};
