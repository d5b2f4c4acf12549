import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame } from '../../../../test/support/handler-fixture.js';
import { handlePing } from './ping.js';

describe('ping', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('is answered with its id, if it has one', async () => {
    const ada = await fixture.welcome('ada');
    await fixture.run(handlePing, ada, { type: 'ping', id: 'p1' });
    expect(lastFrame(ada)).toEqual({ type: 'pong', re: 'p1' });
    await fixture.run(handlePing, ada, { type: 'ping' });
    expect(lastFrame(ada)).toEqual({ type: 'pong' });
  });
});
