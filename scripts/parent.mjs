import process from 'node:process';

const CHECK_MS = 500;

/**
 * Ends this process with SIGTERM when its parent has ended. npm passes signals only to its shell, which then
 * ends without its child.
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
