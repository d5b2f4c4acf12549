import './node-version.mjs';
import process from 'node:process';
import { endWithParent } from './parent.mjs';
import { provide } from './provide.mjs';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/** Parley beside its peers: `npm run bench -- --help`. */
const main = async () => {
  await setup();
  Object.assign(process.env, await provide(new Set(['redis'])));
  endWithParent();
  // After the set-up: it needs packages.
  await import('./typescript.mjs');
  const { bench } = await import('../bench/src/main.ts');
  await bench(process.argv.slice(2));
};

await runMain(main);
