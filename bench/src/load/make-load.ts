import type { Dialect } from './dialect.js';
import { parley, parleyAcked } from './dialects/parley.js';
import { wsRelay } from './dialects/ws-relay.js';
import type { Load } from './load.js';
import { PairLoad, type PairOptions } from './pair-load.js';

export const DIALECTS = {
  parley,
  'parley-acked': parleyAcked,
  'ws-relay': wsRelay,
} satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;

/** Which load, in which dialect; travels to the generator's process as JSON. */
export type LoadSpec = { readonly dialect: DialectName } & { readonly load: 'pairs'; readonly options: PairOptions };

export const makeLoad = ({ dialect, options }: LoadSpec): Load => new PairLoad(DIALECTS[dialect], options);
