import { afterAll, beforeAll, describe } from '@jest/globals';
import { type RestApp, startRestApp } from '../support/rest-app.js';
import { restSuite, SETTINGS } from './rest-suite/rest.suite.js';
import { World } from './rest-suite/world.js';

describe('REST on the embedded PostgreSQL', () => {
  let rest: RestApp;

  beforeAll(async () => {
    rest = await startRestApp(SETTINGS);
  });

  afterAll(async () => {
    await rest?.close();
  });

  restSuite(new World(() => rest));
});
