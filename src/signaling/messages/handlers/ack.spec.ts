import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame } from '../../../../test/support/handler-fixture.js';
import { handleAck } from './ack.js';

describe('ack', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('reaches the peer whose signals it acknowledges, with the numbers that are missing', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await fixture.run(handleAck, bob.client, { type: 'ack', to: ada.peer, upto: 5, missed: [2, 4] });
    expect(lastFrame(ada.client)).toEqual({ type: 'ack', from: bob.peer, upto: 5, missed: [2, 4] });
  });

  it('is passed on as it was written when its bytes can be', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await fixture.run(handleAck, bob.client, { type: 'ack', to: ada.peer, upto: 5 }, undefined, '","upto":5}');
    expect(ada.client.socket.frames.at(-1)).toBe(`{"type":"ack","from":"${bob.peer}","upto":5}`);
  });

  it('is refused with missing numbers beyond the last one received', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    const ack = { type: 'ack', to: ada.peer, upto: 5, missed: [6] } as const;
    await expect(fixture.run(handleAck, bob.client, ack)).rejects.toMatchObject({ code: 'bad_message' });
  });

  it('is refused for a peer in another room', async () => {
    const [ada, bob] = [await fixture.enter('ada', 'other'), await fixture.enter('bob')];
    const ack = { type: 'ack', to: ada.peer, upto: 5 } as const;
    await expect(fixture.run(handleAck, bob.client, ack)).rejects.toMatchObject({ code: 'peer_unknown' });
  });
});
