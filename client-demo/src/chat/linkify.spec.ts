import { describe, expect, it } from '@jest/globals';
import { linkify, type Piece } from './linkify.js';

const textOf = (piece: Piece) => (typeof piece === 'string' ? piece : piece.text);
const links = (message: string) => linkify(message).flatMap((piece) => (typeof piece === 'string' ? [] : [piece]));

describe('linkify', () => {
  it('finds URLs between words', () => {
    expect(linkify('see https://a.example/x?q=1#y and HTTP://B.example')).toEqual([
      'see ',
      { text: 'https://a.example/x?q=1#y', href: 'https://a.example/x?q=1#y' },
      ' and ',
      { text: 'HTTP://B.example', href: 'http://b.example/' },
    ]);
  });

  it.each([
    ['It is at https://a.example/b.', 'https://a.example/b'],
    ['(https://a.example/b)', 'https://a.example/b'],
    ['see (https://a.example/Flag_(signal)).', 'https://a.example/Flag_(signal)'],
    ['[{https://a.example/x}]', 'https://a.example/x'],
    ['https://a.example/Flag_(signal), I think', 'https://a.example/Flag_(signal)'],
    ['see [https://a.example]!?', 'https://a.example'],
    ['<https://a.example/b>', 'https://a.example/b'],
    ['"https://a.example/b"', 'https://a.example/b'],
    ['https://bücher.example/ä', 'https://bücher.example/ä'],
    ['https://[::1]:8443/x', 'https://[::1]:8443/x'],
  ])('leaves the words around alone: %p', (message, text) => {
    expect(links(message).map((link) => link.text)).toEqual([text]);
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript://a.example/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'ftp://a.example',
    'mailto:a@b.example',
    'www.a.example',
    'xhttps://a.example',
    'https://',
    'https://)',
    'http://[',
    'https:a.example',
    '',
  ])('makes no link of %p', (message) => {
    expect(links(message)).toEqual([]);
  });

  it('links only to http and https, and preserves the text of the message', () => {
    const messages = [
      'a https://x.example/"onmouseover="alert(1) b',
      "https://x.example/'><img src=x onerror=alert(1)>",
      'https://a.example\u202Emoc.knab',
      'https://a.example,https://b.example',
      '\n https://a.example\n\n',
    ];
    for (const message of messages) {
      expect(linkify(message).map(textOf).join('')).toBe(message);
      for (const { href } of links(message)) expect(href).toMatch(/^https?:\/\/[^\s"'<>]+$/);
    }
  });

  it('ends a URL before a mark that changes the direction of text', () => {
    expect(links('https://a.example/\u202Egpj.exe').map(({ href }) => href)).toEqual(['https://a.example/']);
  });

  it.each([')', '(', '()', '.', ').', ']}', 'https://', 'https://a.example/) ', '\u202E'])(
    'takes time in proportion to the length of a message, also of many %j',
    (part) => {
      // One million characters: work that grows with the square of it would not end.
      const message = `https://a.example/${part.repeat(1_000_000 / part.length)}`;
      expect(linkify(message).map(textOf).join('')).toBe(message);
    },
  );
});
