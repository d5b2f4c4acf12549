import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * The shell between this process and a program. Its standard input is a pipe from this process: however this one ends,
 * even by SIGKILL, the pipe closes and the program is stopped. Ctrl-C in the terminal only reaches this process, which
 * stops programs in order.
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
 * Starts a program that ends with this process.
 * @param {'INT' | 'TERM'} signal that stops it
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{pid: number, output: import('node:stream').Readable, ended: Promise<number>, stop(): Promise<number>,
 * kill(): void}} `pid` is the shell's, the program's parent; `kill` is SIGKILL to both at once
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

/**
 * Replaces the shell by the program, with the same pid. A detached process reads a pipe from this process: a
 * line ends the reader, the pipe's end without one ends the program, or all of its group.
 */
const TIE = `
victim=$1$$
shift
( { trap '' INT TERM HUP; read -r _ <&3 || kill -s KILL -- "$victim"; } >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

/**
 * Starts a program without state to save, which is killed (SIGKILL) when this process ends in any way.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, output?: 'ignore' | 'inherit', group?: boolean}} [options]
 *   `output` is `ignore` by default; `group`: it gets its own process group, which ends with it or with this process
 * @returns {import('node:child_process').ChildProcess} the program itself
 */
export const spawnTied = (program, args, { cwd, env, output = 'ignore', group = false } = {}) => {
  const child = spawn('/bin/sh', ['-c', TIE, 'leash', group ? '-' : '', program, ...args], {
    ...{ cwd, env },
    detached: group,
    stdio: ['ignore', output, output, 'pipe'],
  });
  const tie = child.stdio[3];
  tie.on('error', () => undefined);
  // The pid may be reused now, so the reader must not send it a signal.
  child.once('exit', () => (group ? tie.destroy() : tie.end('\n')));
  return child;
};
