import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { spawnTied } from './leash.mjs';

/** The top folder of the project. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** A command failed; the message is written for users. */
export class CommandFailed extends Error {
  name = 'CommandFailed';
}

/**
 * Runs a program in the project's folder with this terminal, and waits for it.
 * @param {string} title of the command in the error
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, tied?: boolean, started?: (child:
 * import('node:child_process').ChildProcess) => void}} [options] `tied`: it ends with this process, with all its
 * children; `started` is called with the process
 * @throws {CommandFailed} if it cannot start, exits with a code other than 0, or is ended by a signal
 */
export const runCommand = (title, program, args, { cwd = ROOT, env = process.env, tied = false, started } = {}) =>
  new Promise((resolve, reject) => {
    const child = tied
      ? spawnTied(program, args, { cwd, env, output: 'inherit', group: true })
      : spawn(program, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    started?.(child);
    child.once('error', (error) => reject(new CommandFailed(`${title} could not start: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new CommandFailed(`${title} failed (${signal ?? `exit code ${code}`})`));
    });
  });

/** The same for a JavaScript program, by its path in node_modules, without a shell or npx. */
export const runTool = (title, path, args, options) =>
  runCommand(title, process.execPath, [join(ROOT, 'node_modules', path), ...args], options);

/** Runs the npm that started this process, or the one on the PATH. */
export const runNpm = (title, args) => {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('npm-cli.js') && existsSync(npm)
    ? runCommand(title, process.execPath, [npm, ...args])
    : runCommand(title, process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
};

/** Runs `main`; if it fails, ends the process with code 1 and one line, without a stack for expected errors. */
export const runMain = async (main) => {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof CommandFailed ? `\n${error.message}` : error);
    process.exit(1);
  }
};
