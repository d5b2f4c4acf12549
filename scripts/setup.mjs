import './node-version.mjs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { runMain } from './run-command.mjs';

/**
 * Makes a fresh clone ready: packages, then every build. Does nothing, in well under a second, when all is there.
 * Uses Node's own modules alone, since nothing is installed when it starts.
 * @param {{all?: boolean}} [options] `all`: build everything anew
 */
export const setup = async (options) => {
  await install();
  await build(options);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => setup({ all: process.argv.includes('--all') }));
}
