import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProtocolError, type UserId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';
import { NoModeration } from '../../../test/support/memory-bridges.js';
import type { MemoryClient } from '../../../test/support/memory-node.js';
import { Lobby } from './lobby.js';

const ADA = 'ada' as UserId;

/** Moderation where everyone who knocks waits. */
class Knocks extends NoModeration {
  readonly calls: string[] = [];
  result: 'waiting' | 'admitted' | ProtocolError = 'waiting';
  override async knock(): Promise<any> {
    if (this.result instanceof ProtocolError) throw this.result;
    return this.result;
  }
  override async withdraw(): Promise<void> {
    this.calls.push('withdraw');
  }
  override async keep(): Promise<void> {
    this.calls.push('keep');
  }
}

describe('the lobby', () => {
  let fixture: HandlerFixture;
  let moderation: Knocks;
  let lobby: Lobby;
  let client: MemoryClient;
  let now = 0;
  beforeEach(async () => {
    now = 0;
    fixture = await HandlerFixture.start();
    client = await fixture.welcome('ada');
    jest.useFakeTimers();
    moderation = new Knocks();
    lobby = new Lobby(moderation, fixture.context.access, fixture.context.rooms, () => now);
  });
  afterEach(async () => {
    lobby.close();
    jest.useRealTimers();
    await fixture.stop();
  });
  const enter = () => lobby.enter(client.session, ROOM, 'j1');

  it('tells a client that it waits, and later that it was admitted', async () => {
    expect(await enter()).toBe('waiting');
    expect([lastFrame(client), lobby.countOf(client.session)]).toEqual([{ type: 'waiting', re: 'j1', room: ROOM }, 1]);
    lobby.answered(ROOM, 'bob' as UserId, true);
    lobby.answered(ROOM, ADA, true);
    expect([lastFrame(client), lobby.size]).toEqual([{ type: 'admitted', room: ROOM, join: 'j1' }, 0]);
  });

  it('tells a client that it was refused, and why', async () => {
    await enter();
    lobby.answered(ROOM, ADA, false);
    expect(lastFrame(client)).toEqual({ type: 'refused', room: ROOM, join: 'j1', reason: 'denied' });
    await enter();
    lobby.closed(ROOM);
    expect(lastFrame(client)).toEqual({ type: 'refused', room: ROOM, join: 'j1', reason: 'room_closed' });
  });

  it('tells an answer that is faster than the knock after waiting', async () => {
    const entered = enter();
    lobby.answered(ROOM, ADA, true);
    await entered;
    expect(client.socket.messages().slice(-2)).toMatchObject([{ type: 'waiting' }, { type: 'admitted' }]);
  });

  it('keeps nobody who was admitted before, or whose knock was refused', async () => {
    moderation.result = 'admitted';
    expect(await enter()).toBe('admitted');
    moderation.result = new ProtocolError('lobby_full');
    await expect(enter()).rejects.toMatchObject({ code: 'lobby_full' });
    expect([lobby.size, lastFrame(client).type]).toEqual([0, 'welcome']);
  });

  it('withdraws the knock of a client that leaves, once', async () => {
    await enter();
    await lobby.leave(client.session, ROOM);
    await lobby.leave(client.session, ROOM);
    expect([moderation.calls, lobby.size]).toEqual([['withdraw'], 0]);
  });

  it('withdraws the knock of a client whose socket closed, and renews that of one that waits', async () => {
    await enter();
    now = 30_000;
    await jest.advanceTimersByTimeAsync(1_000);
    client.session.closed();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([moderation.calls, lobby.size]).toEqual([['keep', 'withdraw'], 0]);
  });

  it('admits only users whom the current rules of the room allow', async () => {
    const { access } = fixture.context;
    const admit = access.admit;
    access.admit = () => Promise.reject(new ProtocolError('admission_required'));
    await enter();
    await lobby.recheck(ROOM);
    expect([lastFrame(client).type, lobby.size]).toEqual(['waiting', 1]);
    access.admit = admit;
    await lobby.recheck(ROOM);
    expect([lastFrame(client).type, moderation.calls]).toEqual(['admitted', ['withdraw']]);
  });

  it('shows who waits to moderators, and to nobody else', async () => {
    const { access } = fixture.context;
    const member = await fixture.enter('bob');
    access.admit = async () => ({ role: 'moderator', capacity: 100 });
    const moderator = await fixture.enter('carol');
    await lobby.show(ROOM);
    expect(lastFrame(moderator.client)).toEqual({ type: 'knocking', room: ROOM, knocks: [] });
    expect(member.client.received('knocking')).toEqual([]);
  });
});
