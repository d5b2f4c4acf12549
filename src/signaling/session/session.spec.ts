import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES, type ConnectionId, DEFAULT_LIMITS } from '@parley/protocol';
import { FakeSocket } from '../../../test/support/fake-socket.js';
import { TokenBucket } from '../../rate-limit/token-bucket.js';
import { MAX_BUFFERED_BYTES, MAX_UNSENT_BYTES } from '../../websocket/send-backlog.js';
import { type FrameHandler, Session } from './session.js';

const make = (handler: FrameHandler, limits = DEFAULT_LIMITS) => {
  const clock = { now: 0 };
  const socket = new FakeSocket();
  const session = new Session('c1' as ConnectionId, socket, limits, handler, () => clock.now);
  return { session, socket, clock };
};

describe('Session', () => {
  it('handles frames in order, also when an earlier one is slow', async () => {
    const seen: string[] = [];
    const release: (() => void)[] = [];
    const { session } = make((frame) => {
      const text = frame.toString();
      if (text !== 'slow') return void seen.push(text);
      return new Promise((resolve) => release.push(() => resolve(void seen.push(text))));
    });
    for (const text of ['slow', 'a', 'slow', 'b']) session.receive(Buffer.from(text));
    expect(seen).toEqual([]);
    release[0]?.();
    while (release.length < 2) await Promise.resolve();
    expect(seen).toEqual(['slow', 'a']);
    release[1]?.();
    while (seen.length < 4) await Promise.resolve();
    expect(seen).toEqual(['slow', 'a', 'slow', 'b']);
  });
  it('copies a frame that waits, since the socket reuses its bytes', async () => {
    const seen: string[] = [];
    let release = (): void => {};
    const { session } = make((frame) => {
      seen.push(frame.toString());
      if (seen.length === 1) return new Promise<void>((resolve) => (release = resolve));
    });
    const shared = Buffer.from('first');
    session.receive(shared);
    shared.write('other');
    session.receive(shared);
    shared.fill('x');
    release();
    while (seen.length < 2) await Promise.resolve();
    expect(seen).toEqual(['first', 'other']);
  });
  it('answers rate_limited to a frame beyond those that may wait, and handles the waiting ones in order', async () => {
    const seen: string[] = [];
    let release = (): void => {};
    const { session, socket } = make(
      (frame) => {
        seen.push(frame.toString());
        if (seen.length === 1) return new Promise<void>((resolve) => (release = resolve));
      },
      { ...DEFAULT_LIMITS, maxPendingFrames: 2 },
    );
    for (const text of ['handled', 'waits', 'waits too', 'refused']) session.receive(Buffer.from(text));
    expect(socket.messages()).toEqual([
      expect.objectContaining({ type: 'error', code: 'rate_limited', retryable: true }),
    ]);
    expect(seen).toEqual(['handled']);
    release();
    await new Promise(setImmediate);
    session.receive(Buffer.from('last'));
    expect(seen).toEqual(['handled', 'waits', 'waits too', 'last']);
    expect(socket.messages()).toHaveLength(1);
  });
  it('answers rate_limited beyond its rate, with the time to wait, and closes when that continues', () => {
    const { session, socket, clock } = make(() => {}, { ...DEFAULT_LIMITS, frameBurst: 2, framesPerSecond: 1 });
    for (let count = 0; count < 3; count += 1) session.receive(Buffer.from('x'));
    expect(socket.messages()).toEqual([expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1000 })]);
    clock.now = 1000;
    session.receive(Buffer.from('x'));
    expect(socket.messages()).toHaveLength(1);
    for (let count = 0; count < 300; count += 1) session.receive(Buffer.from('x'));
    expect(socket.closed?.code).toBe(CLOSE_CODES.rateLimited);
    expect(socket.messages().length).toBeLessThan(250);
  });
  it('warns before it closes a client that sends too many or malformed frames', () => {
    const { session, socket } = make(() => {}, { ...DEFAULT_LIMITS, frameBurst: 2, framesPerSecond: 1 });
    for (let count = 0; count < 300; count += 1) session.receive(Buffer.from('x'));
    expect(socket.messages().filter(({ type }) => type === 'warning')).toEqual([
      { type: 'warning', code: 'rate_limited', left: 100 },
    ]);
    const other = make(() => {});
    for (let count = 0; count < 7; count += 1) other.session.fault();
    expect(other.socket.messages()).toEqual([{ type: 'warning', code: 'bad_message', left: 3 }]);
    for (let count = 0; count < 4; count += 1) other.session.fault();
    expect(other.socket.closed?.code).toBe(CLOSE_CODES.badMessage);
  });
  it('terminates a slow consumer with a code that lets it reconnect', () => {
    const { session, socket, clock } = make(() => {});
    socket.bufferedBytes = MAX_BUFFERED_BYTES + 1;
    session.send({ type: 'pong' });
    expect(socket.closed).toBeUndefined();
    clock.now = 3_999;
    session.endIfSlow();
    expect(socket.closed).toBeUndefined();
    clock.now = 4_000;
    session.endIfSlow();
    expect(socket.closed?.code).toBe(CLOSE_CODES.slowConsumer);
    expect(socket.terminated).toBe(true);
  });
  it('terminates a consumer at once beyond the maximum of unsent bytes', () => {
    const { session, socket } = make(() => {});
    socket.bufferedBytes = MAX_UNSENT_BYTES + 1;
    session.send({ type: 'pong' });
    expect(socket.closed?.code).toBe(CLOSE_CODES.slowConsumer);
  });
  it('refuses frames of other clients for a slow reader, until it has caught up', () => {
    const { session, socket, clock } = make(() => {});
    socket.bufferedBytes = MAX_BUFFERED_BYTES + 1;
    expect(session.offerFrame('x')).toBe(false);
    socket.bufferedBytes = 0;
    expect(session.offerFrame('y')).toBe(true);
    clock.now = 60_000;
    expect(session.endIfSlow()).toBe(false);
    expect(socket.frames).toEqual(['y']);
  });
  it('answers rate_limited beyond the rate that all sockets of its user or address share', () => {
    for (const share of ['user', 'address'] as const) {
      const { session, socket } = make(() => {});
      const rate = new TokenBucket(1, 1, 0);
      if (share === 'user') session.userFrames = rate;
      else session.quotaLease = { address: 'a', frames: rate, authenticated: () => {} };
      for (let count = 0; count < 2; count += 1) session.receive(Buffer.from('x'));
      expect(socket.messages()).toEqual([expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1_000 })]);
    }
  });
  it('answers rate_limited beyond its bytes per second', () => {
    const { session, socket } = make(() => {}, { ...DEFAULT_LIMITS, byteBurst: 1_000, bytesPerSecond: 100 });
    session.receive(Buffer.alloc(900));
    session.receive(Buffer.alloc(200));
    expect(socket.messages()).toEqual([expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1_000 })]);
  });
  it('neither handles nor sends frames once it is closed', () => {
    const seen: string[] = [];
    const { session, socket } = make((frame) => void seen.push(frame.toString()));
    session.close(CLOSE_CODES.forbidden, 'enough');
    session.receive(Buffer.from('late'));
    session.send({ type: 'pong' });
    expect(seen).toEqual([]);
    expect(socket.frames).toEqual([]);
  });
  it('calls its close listener once', () => {
    let ends = 0;
    const { session } = make(() => {});
    session.whenClosed(() => {
      ends += 1;
    });
    session.close(CLOSE_CODES.forbidden, 'enough');
    session.closed();
    expect(ends).toBe(1);
  });
});
