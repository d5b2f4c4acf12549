import { endWithParent } from './parent.mjs';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/**
 * `npm start`: sets up what is missing, then runs the server in this process, so that signals and exit code are the
 * server's.
 */
await runMain(setup);
endWithParent();
await import('../dist/main.js');
