import type { Guest } from '../load/enter.js';
import type { Ground, Running } from '../systems/system.js';

/** Maximum sockets from one local address, which has 28,000 ports per port of a server. */
const SOCKETS_AN_ADDRESS = 10_000;

/**
 * People for a load: their names begin with `crowd`, their rooms have `size` seats, and neighbours sit on different
 * nodes.
 */
export const guestsOf = (group: string, count: number, size: number, { ports }: Running, { secret }: Ground): Guest[] =>
  Array.from({ length: count }, (_, i) => ({
    at: {
      host: '127.0.0.1',
      port: ports[i % ports.length]!,
      ...otherAddress(Math.floor(i / SOCKETS_AN_ADDRESS)),
    },
    who: { name: `${group}${i}`, secret },
    room: `${group}-${Math.floor(i / size)}`,
  }));

/** To bind a socket before it connects costs the kernel a search for a free port, each time: only who must does it. */
const otherAddress = (n: number): { localAddress?: string } => (n === 0 ? {} : { localAddress: `127.0.0.${1 + n}` });
