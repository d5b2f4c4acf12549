import './node-version.mjs';
import process from 'node:process';
import { endWithParent } from './parent.mjs';
import { provide } from './provide.mjs';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/** Runs the benchmark: `npm run bench -- --help`. */
const main = async () => {
  await setup();
  Object.assign(process.env, await provide(new Set(['redis'])));
  endWithParent();
  // Imported after the set-up, because it needs packages.
  await import('./typescript.mjs');
  const { bench } = await import('../bench/src/main.ts');
  await bench(process.argv.slice(2));
};

await runMain(main);
