import { describe, expect, it } from '@jest/globals';
import { type At, broken, calm } from './histories.js';
import type { Unstamped } from './recorder.js';

const bridged = (client: string, via: 'peerjs' | 'y-webrtc', scope: string): At => [
  5,
  { kind: 'bridged', client, via, scope },
];
const said = (client: string, id: string, to: string): Unstamped => ({ kind: 'said', client, id, to });
const heard = (client: string, id: string): Unstamped => ({ kind: 'heard', client, id });

const CLIENTS: At[] = [
  bridged('p1', 'peerjs', 'peerjs'),
  bridged('p2', 'peerjs', 'peerjs'),
  bridged('y1', 'y-webrtc', 'pad'),
  bridged('y2', 'y-webrtc', 'pad'),
];

/** Both ways, in both protocols, after the last fault. y-webrtc gives a publication to its sender too. */
const EXCHANGE: At[] = [
  [110_000, said('p1', '1', 'p2')],
  [110_010, heard('p2', '1')],
  [110_020, said('p2', '2', 'p1')],
  [110_030, heard('p1', '2')],
  [110_000, said('y1', '3', 'pad')],
  [110_010, heard('y1', '3')],
  [110_010, heard('y2', '3')],
  [110_020, said('y2', '4', 'pad')],
  [110_030, heard('y1', '4')],
];

describe('clients of other protocols', () => {
  it('finds nothing wrong with an exchange both ways', () => {
    expect(broken(calm([...CLIENTS, ...EXCHANGE]))).toEqual([]);
  });

  it.each([
    ['what another kind said', heard('p1', '3')],
    ['what was for somebody else', heard('p1', '1')],
    ['what nobody said', heard('y1', '9')],
  ])('I25: finds a client that gets %s', (_what, event) => {
    expect(broken(calm([...CLIENTS, ...EXCHANGE, [110_500, event]]))).toEqual(['I25']);
  });

  it('I25: finds a publication that comes to another topic', () => {
    const other: At[] = [bridged('y3', 'y-webrtc', 'other'), [110_500, heard('y3', '3')]];
    expect(broken(calm([...CLIENTS, ...other, ...EXCHANGE]))).toEqual(['I25']);
  });

  it('I26: finds a client that does not come back, in either protocol', () => {
    const without = (id: string) => EXCHANGE.filter(([, event]) => event.kind !== 'heard' || event.id !== id);
    expect(broken(calm([...CLIENTS, ...without('1')]))).toEqual(['I26']);
    expect(broken(calm([...CLIENTS, ...without('4')]))).toEqual(['I26']);
    const before = EXCHANGE.map(([t, event]): At => [t - 50_000, event]);
    expect(broken(calm([...CLIENTS, ...before]))).toEqual(['I26', 'I26', 'I26', 'I26']);
  });
});
