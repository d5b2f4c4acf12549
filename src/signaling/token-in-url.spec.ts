import { expect, it } from '@jest/globals';
import { hasTokenInUrl } from './token-in-url.js';

it.each(['/v1/signaling?token=x', '/v1/signaling?a=1&access_token=x', '/v1/signaling?token', '/?%74oken=x'])(
  'finds a token in %s',
  (url) => {
    expect(hasTokenInUrl(url)).toBe(true);
  },
);

it.each([undefined, '', '/v1/signaling', '/v1/signaling?', '/v1/signaling?tokens=x&a=token', '/token=x'])(
  'finds none in %s',
  (url) => {
    expect(hasTokenInUrl(url)).toBe(false);
  },
);
