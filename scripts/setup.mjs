import './node-version.mjs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { runMain } from './run-command.mjs';

/**
 * Prepares a clone: installs packages, then builds. Takes well under a second if nothing has changed.
 * Imports only modules of Node, because nothing is installed when it starts.
 * @param {{all?: boolean}} [options] `all`: build everything again
 */
export const setup = async (options) => {
  await install();
  await build(options);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => setup({ all: process.argv.includes('--all') }));
}
