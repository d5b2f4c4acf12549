import { describe, expect, it } from '@jest/globals';
import { parseRoute, roomHash } from './route.js';

describe('parseRoute', () => {
  it.each(['#/rooms/abc-1_Z', '#/room/abc-1_Z', '#/r/abc-1_Z', '#/rooms/abc-1_Z/'])('finds the room in %s', (hash) => {
    expect(parseRoute(hash)).toEqual({ screen: 'room', room: 'abc-1_Z' });
  });

  it('finds the invite in a link that has one', () => {
    const invite = 'pYy0bC3o7v1Jx8m2Tq5Wz4Ls9Rk6Hd0Fg3Na7Ve1Xu8';
    expect(parseRoute(`#/rooms/abc?invite=${invite}`)).toEqual({ screen: 'room', room: 'abc', invite });
    expect(parseRoute('#/rooms/abc?invite=short')).toEqual({ screen: 'not_found' });
  });

  it.each(['', '#', '#/', '#/rooms', '#/rooms/'])('is the room list for %p', (hash) =>
    expect(parseRoute(hash)).toEqual({ screen: 'rooms' }),
  );

  it.each(['#/foo', '#/rooms/a b', '#/rooms/../x', `#/rooms/${'x'.repeat(65)}`, '#foo', '#/rooms/a/b'])(
    'is not found for %p',
    (hash) => expect(parseRoute(hash)).toEqual({ screen: 'not_found' }),
  );

  it('parses the hash that roomHash returns', () => {
    expect(parseRoute(roomHash('Room_1'))).toEqual({ screen: 'room', room: 'Room_1' });
  });
});
