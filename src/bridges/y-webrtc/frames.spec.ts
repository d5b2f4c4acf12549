import { describe, expect, it } from '@jest/globals';
import { echoOf, payloadOf, readFrame } from './frames.js';

describe('a frame of y-webrtc', () => {
  it.each([
    ['{"type":"subscribe","topics":["a",5,null,"","b"]}', { type: 'subscribe', topics: ['a', 'b'] }],
    ['{"type":"unsubscribe","topics":[]}', { type: 'unsubscribe', topics: [] }],
    ['{"type":"publish","topic":"a","data":{"topic":"b"}}', { type: 'publish', topic: 'a' }],
    ['{"type":"ping","x":1}', { type: 'ping' }],
  ])('%s is read', (text, frame) => {
    expect(readFrame(text)).toEqual(frame);
  });

  it.each(['', '{', 'null', '[]', '{}', '{"type":"subscribe"}', '{"type":"publish","topic":""}', '{"type":"pong"}'])(
    '%j is none',
    (text) => {
      expect(readFrame(text)).toBeUndefined();
    },
  );

  it('comes to subscribers as it was sent, with their count', () => {
    const text = ' {"type":"publish", "topic":"ä","clients":99,"data":{"to":"}"}} \n';
    expect(JSON.parse(`${echoOf(payloadOf(text), 3)}`)).toEqual({ ...JSON.parse(text), clients: 3 });
  });
});
