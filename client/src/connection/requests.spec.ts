import { describe, expect, it } from '@jest/globals';
import type { ErrorMessage, Meta, RoomId, ServerMessage } from '@parley/protocol';
import { settle, VirtualClock } from '../testing/virtual-clock.js';
import { REQUEST_RULES, type Request, Requests } from './requests.js';

const ROOM = 'room' as RoomId;

const setup = () => {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const link = { up: true };
  const requests = new Requests(
    clock,
    () => 1,
    ({ header }) => {
      if (link.up) sent.push(header.id);
      return link.up;
    },
  );
  const outcomes: string[] = [];
  const send = (id: string, type = 'chat', more: Partial<Request> & { meta?: Meta } = {}) =>
    void requests.send({ header: { type, id, room: ROOM }, room: ROOM, ...more }).then(
      (reply) => outcomes.push(`${id}: ${'re' in reply ? reply.re : ''}`),
      ({ code }) => outcomes.push(`${id}: ${code}`),
    );
  const reply = (re: string) => requests.settle(re, { type: 'updated', re, room: ROOM } as ServerMessage);
  const refuse = (re: string, code = 'rate_limited', retryAfterMs = 1_000) =>
    requests.refuse(re, { type: 'error', re, code, message: '', retryable: true, retryAfterMs } as ErrorMessage);
  return { clock, link, outcomes, refuse, reply, requests, send, sent };
};

describe('the requests of a room', () => {
  it('keep their order when the server refuses some of a burst', () => {
    const { clock, refuse, reply, send, sent } = setup();
    for (const id of ['1', '2', '3']) send(id);
    expect(sent).toEqual(['1']);
    reply('1');
    refuse('2');
    send('4');
    expect(sent).toEqual(['1', '2']);
    clock.advance(2_000);
    for (const id of ['2', '3', '4']) reply(id);
    expect(sent).toEqual(['1', '2', '2', '3', '4']);
  });

  it('do not wait for those of another kind or of another room', () => {
    const { send, sent, refuse } = setup();
    const other = 'other' as RoomId;
    send('chat');
    refuse('chat');
    send('chat of another', 'chat', { header: { type: 'chat', id: 'chat of another', room: other }, room: other });
    send('update', 'update');
    send('kick', 'kick');
    send('history', 'history');
    send('history again', 'history');
    expect(sent).toEqual(['chat', 'chat of another', 'update', 'kick', 'history', 'history again']);
  });

  it('keep their order among moderation requests of different kinds', () => {
    const { reply, send, sent } = setup();
    send('lock', 'lock');
    send('permit', 'permit');
    expect(sent).toEqual(['lock']);
    reply('lock');
    expect(sent).toEqual(['lock', 'permit']);
  });

  it('are sent on a new socket in the same order', () => {
    const { link, reply, requests, send, sent } = setup();
    send('1');
    link.up = false;
    send('2');
    link.up = true;
    requests.flush(ROOM);
    expect(sent).toEqual(['1', '1']);
    reply('1');
    expect(sent).toEqual(['1', '1', '2']);
  });

  it('go on after one that fails or gets no reply', async () => {
    const { clock, outcomes, refuse, send, sent } = setup();
    send('1');
    send('2');
    send('3', 'chat', { deadlineMs: REQUEST_RULES.deadlineMs * 2 });
    refuse('1', 'forbidden');
    expect(sent).toEqual(['1', '2']);
    await clock.advanceAsync(REQUEST_RULES.deadlineMs);
    expect([sent, outcomes]).toEqual([
      ['1', '2', '3'],
      ['1: forbidden', '2: timeout'],
    ]);
  });

  it('all end when the room is left, and none is sent then', async () => {
    const { clock, outcomes, requests, send, sent } = setup();
    for (const id of ['1', '2']) send(id);
    requests.close({ code: 'closed' } as never, ROOM);
    await settle();
    expect([sent, outcomes, clock.timers]).toEqual([['1'], ['1: closed', '2: closed'], 0]);
  });
});

describe('an update', () => {
  it('that waits is replaced by a newer one, and has its result', async () => {
    const { outcomes, reply, send, sent } = setup();
    for (const id of ['1', '2', '3']) send(id, 'update');
    reply('1');
    expect(sent).toEqual(['1', '3']);
    reply('3');
    await settle();
    expect(outcomes).toEqual(['1: 1', '2: 3', '3: 3']);
  });

  it('that was refused is replaced by the newer one behind it, after its own wait', async () => {
    const { clock, outcomes, refuse, reply, send, sent } = setup();
    send('1', 'update');
    send('2', 'update');
    refuse('1');
    send('3', 'update');
    expect(sent).toEqual(['1']);
    clock.advance(2_000);
    expect(sent).toEqual(['1', '3']);
    reply('3');
    await settle();
    expect([outcomes, clock.timers]).toEqual([['1: 3', '2: 3', '3: 3'], 0]);
  });

  it('that was in flight on a lost socket is replaced by a newer one', () => {
    const { requests, send, sent } = setup();
    send('1', 'update');
    send('2', 'update');
    requests.flush(ROOM);
    expect(sent).toEqual(['1', '2']);
  });

  it('that is replaced keeps its own deadline', async () => {
    const { clock, link, outcomes, reply, requests, send } = setup();
    link.up = false;
    send('1', 'update');
    clock.advance(REQUEST_RULES.deadlineMs - 1);
    send('2', 'update');
    await clock.advanceAsync(1);
    link.up = true;
    requests.flush(ROOM);
    reply('2');
    await settle();
    expect(outcomes).toEqual(['1: timeout', '2: 2']);
  });

  it('counts towards the bound of pending requests, also when it replaced another', async () => {
    const { outcomes, reply, send } = setup();
    for (let n = 0; n < REQUEST_RULES.pending; n++) send(`${n}`, 'update');
    send('beyond', 'update');
    await settle();
    expect(outcomes).toEqual(['beyond: rate_limited']);
    reply('0');
    reply(`${REQUEST_RULES.pending - 1}`);
    send('next', 'update');
    reply('next');
    await settle();
    expect(outcomes.at(-1)).toBe('next: next');
  });
});
