import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Stage } from './stage.js';
import { chatRules } from './suite/chat.suite.js';
import { frameRules } from './suite/frames.suite.js';
import { handshakeRules } from './suite/handshake.suite.js';
import { helloRules } from './suite/hello.suite.js';
import { peopleRules } from './suite/people.suite.js';
import { roomRules } from './suite/rooms.suite.js';
import { signalRules } from './suite/signals.suite.js';

/** Run against a server of your own: PARLEY_URL=https://host npm run test:protocol */
/** Parley has two implementations of reading and writing frames. */
const MODES = process.env['PARLEY_URL'] === undefined ? [{ FAST_PATHS: 'on' }, { FAST_PATHS: 'off' }] : [{}];

describe.each(MODES)('a server of PROTOCOL.md %j', (environment) => {
  const on = new Stage();

  beforeAll(() => on.start(environment), 90_000);
  afterAll(() => on.stop());
  afterEach(() => on.cutAll());

  handshakeRules(on);
  helloRules(on);
  roomRules(on);
  peopleRules(on);
  signalRules(on);
  chatRules(on);
  frameRules(on);

  it('sends only what its AsyncAPI document describes, if it has one', () => {
    expect([...(on.judge?.faults ?? [])]).toEqual([]);
    // Parley has one, and the suites made it send all of these.
    if (process.env['PARLEY_URL'] === undefined) expect(on.judge?.seen.size).toBeGreaterThan(18);
  });
});
