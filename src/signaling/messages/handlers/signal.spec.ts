import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture } from '../../../../test/support/handler-fixture.js';
import { handleSignal } from './signal.js';

describe('signal', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('reaches its peer with the body as it came, from the sender that the server knows', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    const signal = { type: 'signal', to: bob.peer, seq: 2, base: 1, kind: 'offer' } as const;
    await fixture.run(handleSignal, ada.client, signal, 'v=0\n\n');
    expect(bob.client.received('signal')).toEqual([
      { header: { type: 'signal', from: ada.peer, seq: 2, base: 1, kind: 'offer' }, body: 'v=0\n\n' },
    ]);
  });

  it('is passed on as it was written when its bytes can be', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    const signal = { type: 'signal', to: bob.peer, kind: 'data' } as const;
    await fixture.run(handleSignal, ada.client, signal, 'x', '","kind":"data"}\nx');
    expect(bob.client.socket.frames.at(-1)).toBe(`{"type":"signal","from":"${ada.peer}","kind":"data"}\nx`);
  });

  it.each([{ seq: 1 }, { base: 1 }, { seq: 1, base: 2 }])(
    'is refused with numbers that do not fit: %j',
    async (numbers) => {
      const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
      const signal = { type: 'signal', to: bob.peer, kind: 'data', ...numbers } as const;
      await expect(fixture.run(handleSignal, ada.client, signal)).rejects.toMatchObject({ code: 'bad_message' });
      expect(bob.client.received('signal')).toEqual([]);
    },
  );

  it('is refused for a peer in another room, and for the sender itself', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob', 'other')];
    for (const to of [bob.peer, ada.peer]) {
      const signal = { type: 'signal', to, kind: 'data' } as const;
      await expect(fixture.run(handleSignal, ada.client, signal)).rejects.toMatchObject({ code: 'peer_unknown' });
    }
  });

  it('is refused for a peer that lost its socket', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    bob.client.session.closed();
    const signal = { type: 'signal', to: bob.peer, kind: 'data' } as const;
    await expect(fixture.run(handleSignal, ada.client, signal)).rejects.toMatchObject({ code: 'peer_away' });
  });

  it('that offers media without the permission to publish is refused, or takes its number and loses its body', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    fixture.restrict(ada.peer, { publish: false });
    const offer = { type: 'signal', to: bob.peer, kind: 'offer' } as const;
    await expect(fixture.run(handleSignal, ada.client, offer, 'v=0')).rejects.toMatchObject({ code: 'forbidden' });
    await fixture.run(handleSignal, ada.client, { ...offer, seq: 1, base: 1 }, 'v=0', '","kind":"offer"}\nv=0');
    expect(bob.client.received('signal')).toEqual([
      { header: { type: 'signal', from: ada.peer, seq: 1, base: 1, kind: 'offer', denied: 'forbidden' }, body: '' },
    ]);
  });

  it('that answers without the permission to publish is passed on', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    fixture.restrict(ada.peer, { publish: false });
    await fixture.run(handleSignal, ada.client, { type: 'signal', to: bob.peer, kind: 'answer' }, 'v=0');
    expect(bob.client.received('signal')).toMatchObject([{ header: { kind: 'answer' }, body: 'v=0' }]);
  });
});
