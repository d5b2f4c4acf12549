import { BlockList, isIPv6 } from 'node:net';

/** Settings of coturn's file: a value, or '' for a bare name; the same name may stand many times. */
export const parseTurnConfig = (text: string): ReadonlyMap<string, readonly string[]> => {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', ...value] = line.split('=');
    settings.set(name, [...(settings.get(name) ?? []), value.join('=')]);
  }
  return settings;
};

const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Whether the relay refuses a peer at this address by its `denied-peer-ip` ranges. coturn itself refuses 0.0.0.0 and ::. */
export const isDenied = (settings: ReadonlyMap<string, readonly string[]>, address: string): boolean =>
  (settings.get('denied-peer-ip') ?? []).some((range) => {
    const [first = '', last = first] = range.split('-');
    // Node takes ::ffff:a.b.c.d for the IPv4 address in it, coturn does not: so one kind of address at a time.
    if (family(first) !== family(address)) return false;
    const list = new BlockList();
    list.addRange(first, last, family(first));
    return list.check(address, family(address));
  });
