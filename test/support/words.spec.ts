import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { declaredNames, wordsOf } from './declared-names.js';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['src', 'client/src', 'client-demo/src', 'protocol/src', 'bench/src', 'bench/test', 'test', 'scripts'];

/** Words that only this project would understand, and their standard terms. They stand for their plurals too. */
const TERMS: ReadonlyMap<string, string> = new Map([
  ['mould', 'shape, template'],
  ['warden', 'handler of moderation events'],
  ['letter', 'queued message'],
  ['lane', 'connection, or a number of parallel runs'],
  ['place', 'participant, location, subscription, slot'],
  ['fact', 'cluster event, or what exactly is cached'],
  ['seat', 'peer binding, or capacity'],
  ['standing', 'access record, token revocation'],
  ['newcomer', 'user, guest'],
  ['visitor', 'user, guest, bridge client'],
  ['crowd', 'group, backlog'],
  ['pace', 'rate limit'],
  ['paced', 'fixed rate'],
  ['door', 'bridge, lobby'],
  ['house', 'bridge host, room controls'],
  ['rubbish', 'invalid, malformed'],
  ['strange', 'unexpected, invalid'],
  ['strangeness', 'unexpected, invalid'],
  ['trail', 'audit entry'],
  ['deed', 'audit entry'],
  ['chore', 'job'],
  ['upkeep', 'scheduler'],
  ['owed', 'retry queue'],
  ['roll', 'directory'],
  ['book', 'registry, quota'],
  ['former', 'previous'],
  ['anew', 'again'],
  ['somebody', 'user'],
  ['whoever', 'anyone who'],
  ['abandon', 'terminate'],
  ['expulsion', 'remover'],
  ['arrivals', 'pending joins'],
  ['switchboard', 'name router'],
  ['courier', 'publisher'],
  ['announcer', 'outbox'],
  ['life', 'lease, generation, lifetime'],
  ['lives', 'lease, generation, lifetime'],
  ['living', 'alive, liveness'],
  ['most', 'max'],
  ['patience', 'timeout'],
  ['spent', 'exhausted'],
  ['dial', 'attempt, connect'],
]);

/** Names that use such a word in its ordinary meaning. */
const ALLOWED: ReadonlyMap<string, string> = new Map([
  ['fact', 'the discriminant of cluster events on the bus, which nodes of both versions read during a rolling update'],
  ['letter', 'a character of the alphabet'],
  ['letters', 'characters of the alphabet'],
  ['LETTER_A', 'a character of the alphabet'],
  ['LETTER_S', 'a character of the alphabet'],
  ['flagLetters', 'characters of the alphabet, as signal flags'],
  ['rollBack', 'to roll back a transaction, or a server to what it had'],
  ['#rollBack', 'to roll back a session description (W3C WebRTC, RTCSdpType "rollback")'],
]);

/** Names that still have to be renamed. Do not add any. */
const KNOWN: readonly string[] = [
  'src/auth/auth.service.ts facts',
  'src/bridges/peerjs/peerjs.client.spec.ts most',
  'src/bridges/peerjs/peerjs.client.spec.ts visitor',
  'src/bridges/y-webrtc/y-webrtc.bridge.ts strangeFrames',
  'src/bridges/y-webrtc/y-webrtc.client.spec.ts strangeFrames',
  'src/bridges/y-webrtc/y-webrtc.client.ts strangeFrames',
  'src/names/names.module.ts switchboard',
  'src/names/node-liveness.spec.ts living',
  'src/names/pending-message-quota.spec.ts book',
  'src/rooms/policy-facts.ts policy-facts.ts',
  'src/rooms/policy-facts.ts RoomAndStanding',
  'src/rooms/policy-facts.ts PolicyFacts',
  'src/rooms/policy-facts.ts standings',
  'src/rooms/room-policy.ts facts',
  'client/src/connection/connection.ts #dialAttempt',
  'client/src/connection/connection.ts #abandonNext',
  'client/src/join-again.spec.ts spent',
  'client-demo/src/call/knocks.tsx place',
  'client-demo/src/call/pair.spec.ts places',
  'client-demo/src/call/pair.ts most',
  'client-demo/src/call/stage.tsx placesFor',
  'client-demo/src/call/stage.tsx places',
  'client-demo/src/call/tile-places.ts tile-places.ts',
  'client-demo/src/call/tile-places.ts Places',
  'client-demo/src/call/tile-places.ts places',
  'client-demo/src/call/tile-places.ts usePlaces',
  'client-demo/src/state/sign-in.spec.ts places',
];

interface Misnomer {
  readonly key: string;
  readonly message: string;
}

const misnomersIn = (root: string, folders: readonly string[]): Misnomer[] => {
  const found = new Map<string, Misnomer>();
  for (const { name, path } of declaredNames(root, folders)) {
    if (ALLOWED.has(name)) continue;
    for (const word of wordsOf(name)) {
      const term = TERMS.get(word) ?? TERMS.get(word.replace(/s$/, ''));
      const key = `${path} ${name}`;
      if (term !== undefined) found.set(key, { key, message: `${path}: ${name}: instead of “${word}”, use ${term}` });
    }
  }
  return [...found.values()];
};

const folders: string[] = [];

/** The misnomers of a project that consists of one file. */
const misnomersOf = (path: string, text: string): string[] => {
  const root = mkdtempSync(join(tmpdir(), 'parley-words-'));
  folders.push(root);
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return misnomersIn(root, ['src']).map(({ message }) => message);
};

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

it('declares no name with a word that has a standard term', () => {
  const misnomers = misnomersIn(ROOT, FOLDERS);
  expect(misnomers.filter(({ key }) => !KNOWN.includes(key)).map(({ message }) => message)).toEqual([]);
  // A name that was renamed must leave the list, so that it cannot come back.
  expect(KNOWN.filter((known) => !misnomers.some(({ key }) => key === known))).toEqual([]);
});

it.each([
  ['a class', 'export class RoomWarden {}', 'RoomWarden', 'warden'],
  ['an interface', 'interface Visitor {}', 'Visitor', 'visitor'],
  ['a type', 'type Lane = string;', 'Lane', 'lane'],
  ['a function', 'function sendLetters() {}', 'sendLetters', 'letters'],
  ['a method', 'class A { abandon() {} }', 'abandon', 'abandon'],
  ['a private property', 'class A { #seat = 1; }', '#seat', 'seat'],
  ['a property of a type', 'interface A { formerPeer: 1 }', 'formerPeer', 'former'],
  ['a property of a value', 'export const a = { owed: 1 };', 'owed', 'owed'],
  ['a setting', 'export const settings = { AUDIT_MOST_ROWS: 1 };', 'AUDIT_MOST_ROWS', 'most'],
  ['a parameter', 'export const a = (pace: number) => pace;', 'pace', 'pace'],
  ['a variable that is taken apart', 'const { a: visitor } = b;', 'visitor', 'visitor'],
  ['a metric that gets its prefix later', "this.gauge('room_facts', 'Help.');", 'room_facts', 'facts'],
  ['a metric', "counter('parley_bus_rubbish_total');", `parley_bus_${'rubbish'}_total`, 'rubbish'],
])('finds %s', (_what, text, name, word) => {
  expect(misnomersOf('src/one.ts', text)).toEqual([
    expect.stringContaining(`src/one.ts: ${name}: instead of “${word}”, use `),
  ]);
});

it('finds a file and a folder', () => {
  expect(misnomersOf('src/doors/one.sql', '')).toEqual([expect.stringContaining('src/doors/one.sql: doors')]);
  expect(misnomersOf('src/room-book.ts', '')).toEqual([expect.stringContaining('src/room-book.ts: room-book.ts')]);
});

it('ignores words within longer words, and names that another project declared', () => {
  const text = "import { Warden } from 'x'; const placeholder = a.replace(b); c.place(); type Replacement = 1;";
  expect(misnomersOf('src/one.ts', text)).toEqual([]);
});
