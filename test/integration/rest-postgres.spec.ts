import { afterAll, beforeAll, describe } from '@jest/globals';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { type RestApp, startRestApp } from '../support/rest-app.js';
import { restSuite, SETTINGS } from './rest-suite/rest.suite.js';
import { World } from './rest-suite/world.js';

describe('REST on a PostgreSQL by DATABASE_URL', () => {
  let postgres: RunningPostgres;
  let rest: RestApp;

  beforeAll(async () => {
    postgres = await startPostgres();
    rest = await startRestApp({ ...SETTINGS, DATABASE_URL: await postgres.createDatabase() });
  });

  afterAll(async () => {
    await rest?.close();
    await postgres?.stop();
  });

  restSuite(new World(() => rest));
});
