import { describe, expect, it } from '@jest/globals';
import { problemOf } from './rest-of.js';
import { codeOf, hostileStage } from './stage.js';

const stage = hostileStage();

/** Sends a text as a frame, and checks that the socket still answers afterwards. */
const refused = async (text: string): Promise<string> => {
  const { peer } = await stage.enter();
  peer.sendText(text);
  const answer = codeOf(await peer.next('error'));
  await peer.barrier();
  return answer;
};

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('a frame', () => {
  it.each([
    '',
    ' ',
    'null',
    '[]',
    '1',
    '"x"',
    'true',
    '{',
    '{"type":"ping"',
    '\ufeff{"type":"ping"}',
    '{"type":"ping"}x',
    '{"type":NaN}',
    '{"type":"ping",}',
    "{'type':'ping'}",
    '\n',
    '{}',
    '{"type":7}',
    '{"type":"toString"}',
    '{"type":"__proto__"}',
    '{"type":"constructor"}',
  ])('S01 of %j is answered bad_message', async (text) => {
    expect(await refused(text)).toBe('error bad_message');
  });

  it('S01 that is invalid ten times in a minute ends the socket with 4500, after an answer to each and one warning', async () => {
    const { peer } = await stage.enter();
    for (let n = 0; n < 11; n += 1) peer.sendText('rubbish');
    expect(await peer.closed()).toBe(4500);
    const said = peer.unread.map(codeOf);
    expect(said.filter((code) => code !== 'warning bad_message')).toEqual(Array(11).fill('error bad_message'));
    expect(said.filter((code) => code === 'warning bad_message')).toHaveLength(1);
    expect(said.at(-1)).toBe('error bad_message');
  });

  it('S02 that is nested ten thousand deep is answered', async () => {
    expect(await refused(`{"type":"join","id":"1","room":"a","meta":${deep(1_300)}}`)).toMatch(
      /bad_message|payload_too_large|room_not_found/,
    );
    expect(await refused(deep(10_000))).toBe('error payload_too_large');
    expect(await refused('['.repeat(8_000))).toBe('error bad_message');
  });

  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"a":{"constructor":{"prototype":{"polluted":1}}}}',
    '{"prototype":{"polluted":1}}',
    '{"\\u005f_proto__":{"polluted":1}}',
    '{"a":[{"\\u0063onstructor":1}]}',
  ])('S03 with the keys of %s is refused, and nothing is polluted', async (meta) => {
    const { peer, token, rest } = await stage.enter();
    const { id } = await rest.room(token);
    peer.sendText(`{"type":"join","id":"1","room":"${id}","meta":${meta}}`);
    expect(codeOf(await peer.next('error'))).toBe('error bad_message');
    expect(codeOf(await peer.request({ type: 'join', room: id }))).toBe('joined undefined');
    const other = await stage.enter();
    const joined = await other.peer.request({ type: 'join', room: id });
    expect(joined['participants'].map((one: any) => [one.meta, one.polluted])).toEqual([
      [{}, undefined],
      [{}, undefined],
    ]);
  });

  it('S05 of very many keys, a very long key or a very long list is refused', async () => {
    const keys = Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`k${n}`, 1]));
    expect(await refused(JSON.stringify({ type: 'ping', ...keys }))).toBe('error bad_message');
    expect(await refused(JSON.stringify({ type: 'ping', ['k'.repeat(60_000)]: 1 }))).toBe('error payload_too_large');
    expect(await refused(JSON.stringify({ type: 'ack', to: 'a', upto: 1, missed: Array(30_000).fill(1) }))).toBe(
      'error payload_too_large',
    );
    expect(await refused(JSON.stringify({ type: 'ack', to: 'a', upto: 1, missed: Array(65).fill(1) }))).toBe(
      'error bad_message',
    );
  });

  it.each(['1e400', '9007199254740993', '-0', '1.5', '0', '-1', '281474976710657', '"1"', 'null', '[1]', '{}', 'true'])(
    'S06 with %s for a number is refused',
    async (number) => {
      expect(await refused(`{"type":"signal","to":"a","seq":${number},"base":1,"kind":"data"}\nx`)).toBe(
        'error bad_message',
      );
      expect(await refused(`{"type":"signal","to":"a","seq":1,"base":${number},"kind":"data"}\nx`)).toBe(
        'error bad_message',
      );
    },
  );

  it.each([
    '["a"]',
    '{"$gt":""}',
    '{"toString":"x"}',
    '7',
    'null',
    'true',
    '""',
    '"a b"',
    '"a}{b"',
    '"*"',
    '".."',
    '"a:b"',
    '"\\u0000"',
    `"${'x'.repeat(65)}"`,
  ])('S07 with %s for an id is refused', async (value) => {
    expect(await refused(`{"type":"signal","to":${value},"kind":"data"}\nx`)).toBe('error bad_message');
    expect(await refused(`{"type":"join","id":"1","room":${value}}`)).toBe('error bad_message');
  });

  it.each(['from', 'role', 'isAdmin', 'session', 'peer', 'user', 'node', 'connection', 'denied'])(
    'S10 with an additional field %s is refused',
    async (field) => {
      expect(await refused(JSON.stringify({ type: 'signal', to: 'a', kind: 'data', [field]: 'owner' }))).toBe(
        'error bad_message',
      );
      expect(await refused(JSON.stringify({ type: 'join', id: '1', room: 'a', [field]: 'owner' }))).toBe(
        'error bad_message',
      );
    },
  );

  it('S11 with control characters and markup in its fields adds no line to the log', async () => {
    const evil = `\r\n{"level":60,"msg":"forged"}\u001b[31m$\{jndi:ldap://x}</script>`;
    const { peer, token, rest } = await stage.enter();
    const { id } = await rest.room(token);
    await peer.request({ type: 'join', room: id, meta: { evil } });
    await peer.request({ type: 'chat', room: id, text: evil });
    expect((await peer.request({ type: 'history', room: id }))['messages'][0].text).toBe(evil);
    await peer.request({ type: 'nothing', evil });
    await rest.ask('GET', `/v1/rooms/${encodeURIComponent(evil)}`, { token });
    await rest.ask('POST', '/v1/auth/login', { json: { username: evil, password: evil } });
    const lines = stage.node
      .output()
      .split('\n')
      .filter((line) => line.trim().startsWith('{'));
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    for (const part of ['forged', 'jndi', '\u001b[31m']) expect(stage.node.output()).not.toContain(part);
  });

  it('S12 with text that makes regular expressions backtrack is answered', async () => {
    const attacks = [
      'a'.repeat(8_000),
      `${'a-'.repeat(4_000)}!`,
      ' '.repeat(8_000),
      '_'.repeat(8_000),
      '"'.repeat(4_000),
    ];
    for (const attack of attacks) {
      const text = JSON.stringify({ type: 'join', id: attack.slice(0, 3_000), room: attack.slice(0, 3_000) });
      expect(await refused(text)).toMatch(/error (bad_message|payload_too_large)/);
    }
  });
});

describe('a body of REST', () => {
  it('S03 with keys that change prototypes is refused, in the body and in the query', async () => {
    const { rest, token } = await stage.enter();
    const json = { 'content-type': 'application/json' };
    for (const body of [
      '{"name":"x","__proto__":{"polluted":1}}',
      '{"name":"x","constructor":{"prototype":{"polluted":1}}}',
      '{"name":"x","metadata":{"__proto__":{}}}',
    ]) {
      expect(problemOf(await rest.ask('POST', '/v1/rooms', { token, body, headers: json }))).toBe('400 bad_request');
    }
    for (const query of ['a[__proto__][x]=1', '__proto__[x]=1', 'constructor=1', 'limit[$gt]=1', 'limit=1&limit=2']) {
      expect(problemOf(await rest.ask('GET', `/v1/rooms?${query}`, { token }))).toBe('400 bad_request');
    }
    const made = await rest.room(token);
    expect((made as any).polluted).toBeUndefined();
  });

  it.each([
    ['a lone surrogate', '\ud800'],
    ['NUL', 'a\u0000b'],
    ['an override of direction', 'a\u202eb'],
    ['an isolate', 'a\u2066b'],
    ['an escape', '\u001b[31m'],
    ['a line feed', 'a\nb'],
    ['65 letters', 'x'.repeat(65)],
    ['a megabyte of one letter', `e${'\u0301'.repeat(20_000)}`],
    ['nothing but spaces', '   '],
  ])('S08 with a name of %s is refused', async (_, displayName) => {
    const json = { username: 'someone-s08', password: 'plum tractor sings 42', displayName };
    expect(problemOf(await stage.rest().ask('POST', '/v1/auth/register', { json }))).toBe('400 bad_request');
  });

  it('S08 with a name in another Unicode normalization is stored in NFC', async () => {
    const { user } = await stage.rest().register('Zoe\u0301 🐎');
    expect((user as any).displayName).toBe('Zo\u00e9 🐎');
  });

  it('S12 with text that makes regular expressions backtrack is answered', async () => {
    const rest = stage.rest();
    for (const attack of ['a'.repeat(30_000), 'a-'.repeat(15_000), ' '.repeat(30_000), `${'x'.repeat(30_000)}!`]) {
      const json = { username: attack, password: attack, displayName: attack };
      expect(problemOf(await rest.ask('POST', '/v1/auth/register', { json }))).toBe('400 bad_request');
    }
  });
});
