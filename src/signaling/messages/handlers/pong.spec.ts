import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture } from '../../../../test/support/handler-fixture.js';
import { handlePong } from './pong.js';

describe('pong', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('is not answered', async () => {
    const ada = await fixture.welcome('ada');
    const before = ada.socket.frames.length;
    await fixture.run(handlePong, ada, { type: 'pong' });
    expect([ada.socket.frames.length, ada.session.state]).toEqual([before, 'on']);
  });
});
