import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLOSE_CODES, ProtocolError } from '@parley/protocol';
import { HandlerFixture, lastFrame } from '../../../../test/support/handler-fixture.js';
import type { MemoryClient } from '../../../../test/support/memory-node.js';
import { handleHello } from './hello.js';

describe('hello', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  const hello = ({ user: token, key, attempt }: MemoryClient) =>
    ({ type: 'hello', id: 'h1', token, key, attempt }) as const;
  const refused = (client: MemoryClient, code: string, close: number) => {
    expect(lastFrame(client)).toMatchObject({ type: 'error', re: 'h1', code });
    expect([client.session.state, client.socket.closed?.code]).toEqual(['closed', close]);
  };

  it('is answered with who the client is and what the server accepts', async () => {
    const ada = fixture.node.connect('ada:Ada');
    await fixture.run(handleHello, ada, hello(ada));
    expect(lastFrame(ada)).toMatchObject({
      ...{ type: 'welcome', re: 'h1', user: { id: 'ada', name: 'Ada' }, limits: fixture.context.limits },
      ...{ session: ada.session.info.session, node: fixture.context.rooms.node, expiresAt: 1e15 },
    });
    expect(ada.session.state).toBe('on');
  });

  it('with a higher attempt takes the session over and closes the socket before it', async () => {
    const ada = await fixture.welcome('ada');
    const again = await fixture.welcome('ada', { key: ada.key, attempt: 2 });
    expect(again.session.info.session).toBe(ada.session.info.session);
    expect(ada.socket.closed?.code).toBe(4509);
  });

  it('with an attempt that is not higher ends its socket', async () => {
    const ada = await fixture.welcome('ada', { attempt: 2 });
    const late = fixture.node.connect('ada', { key: ada.key, attempt: 1 });
    await fixture.run(handleHello, late, hello(late));
    refused(late, 'superseded', 4509);
    expect(ada.session.state).toBe('on');
  });

  it('with an invalid token ends its socket for good', async () => {
    const eve = fixture.node.connect('bad');
    await fixture.run(handleHello, eve, hello(eve));
    refused(eve, 'token_invalid', 4501);
  });

  it('with an expired token ends its socket, to come back with another', async () => {
    fixture.context.verifier.verify = () => Promise.reject(new ProtocolError('token_expired'));
    const ada = fixture.node.connect('ada');
    await fixture.run(handleHello, ada, hello(ada));
    expect(lastFrame(ada)).toMatchObject({ code: 'token_expired' });
    expect(ada.socket.closed?.code).toBe(CLOSE_CODES.tokenExpired);
  });

  it('of a user with too many sockets is refused with the time to wait', async () => {
    fixture.context.registry.isFull = () => true;
    const ada = fixture.node.connect('ada');
    await fixture.run(handleHello, ada, hello(ada));
    expect(lastFrame(ada)).toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 });
    expect(ada.session.state).toBe('closed');
  });

  it('that fails for a reason of our own is logged, and the reason not told', async () => {
    fixture.context.verifier.verify = () => Promise.reject(new Error('the secret reason'));
    const ada = fixture.node.connect('ada');
    await fixture.run(handleHello, ada, hello(ada));
    expect(lastFrame(ada)).toMatchObject({ type: 'error', code: 'internal' });
    expect(ada.socket.frames.join()).not.toContain('secret');
    expect(fixture.node.faults).toHaveLength(1);
  });

  it('of a socket that closed meanwhile claims no session', async () => {
    const ada = fixture.node.connect('ada');
    const done = fixture.run(handleHello, ada, hello(ada));
    ada.session.closed();
    await done;
    expect([fixture.context.registry.sessionCount, ada.socket.frames]).toEqual([0, []]);
  });
});
