import { afterAll, beforeAll, describe } from '@jest/globals';
import { attachRules } from './presence.attach.contract.js';
import type { PresenceFixture, Subject } from './presence.fixture.js';
import { memberRules } from './presence.member.contract.js';
import { nodeRules } from './presence.nodes.contract.js';
import { returnRules } from './presence.return.contract.js';
import { wholeRules } from './presence.whole.contract.js';

/** The contract of every adapter of `Presence`. */
export const presenceContract = (title: string, start: () => Promise<PresenceFixture>): void => {
  describe(`presence: ${title}`, () => {
    const on = {} as { -readonly [Part in keyof Subject]: Subject[Part] };

    beforeAll(async () => {
      on.fixture = await start();
      on.presence = await on.fixture.node();
      on.other = await on.fixture.node();
    }, 60_000);

    afterAll(async () => {
      await on.fixture.stop();
    }, 60_000);

    attachRules(on);
    returnRules(on);
    memberRules(on);
    nodeRules(on);
    wholeRules(on);
  });
};
