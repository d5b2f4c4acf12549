import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * The shell between us and a program. Its standard input is a pipe whose other end we hold: however we end, also by
 * SIGKILL, the pipe closes and the program is told to stop. Ctrl-C in the terminal is for us, who stop things in order.
 */
const LEASH = `
trap '' INT TERM HUP
exec 3<&0
signal=$1
shift
"$@" </dev/null 3<&- &
program=$!
{ read -r _ <&3; kill -"$signal" "$program"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$program"
status=$?
kill -KILL "$watcher" 2>/dev/null
exit "$status"
`;

/**
 * Starts a program that ends when we do.
 * @param {'INT' | 'TERM'} signal how it is told to stop
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{pid: number, output: import('node:stream').Readable, ended: Promise<number>, stop(): Promise<number>, kill(): void}}
 *   `pid` is the shell's, the program's parent; `kill` is SIGKILL to both at once
 */
export const startOnLeash = (signal, program, args, env = process.env) => {
  const child = spawn('/bin/sh', ['-c', LEASH, 'leash', signal, program, ...args], {
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
  return {
    pid: child.pid,
    output: child.stdout,
    ended,
    stop: () => {
      child.stdin.end();
      return ended;
    },
    kill: () => process.kill(-child.pid, 'SIGKILL'),
  };
};
