import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { audit } from './audit.mjs';
import { licences } from './licences.mjs';
import { runMain } from './run-command.mjs';

/** What the packages allow, and what is known to be wrong with those that ship: `npm run supply`. */
export const supply = () => {
  licences();
  audit();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(async () => supply());
