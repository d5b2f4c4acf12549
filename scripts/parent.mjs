import process from 'node:process';

const CHECK_MS = 500;

/**
 * Ends this process, by a SIGTERM to itself, when the one that started it is gone. npm passes a signal to its shell
 * alone: the shell dies of it, and what it ran would stay behind.
 */
export const endWithParent = () => {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  look.unref();
};
