import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { audit } from './audit.mjs';
import { licences } from './licences.mjs';
import { runMain } from './run-command.mjs';

/** Checks the licences of packages, and vulnerabilities of those that ship: `npm run supply`. */
export const supply = () => {
  licences();
  audit();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(async () => supply());
