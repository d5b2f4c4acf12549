import { beforeEach, describe, expect, it } from '@jest/globals';
import { type SignInStorage, SignInStore } from './sign-in.js';

const DAY_MS = 86_400_000;

class MapStorage implements Storage {
  constructor(private readonly map = new Map<string, string>()) {}
  get length() {
    return this.map.size;
  }
  key = (at: number) => [...this.map.keys()][at] ?? null;
  getItem = (key: string) => this.map.get(key) ?? null;
  setItem = (key: string, value: string) => void this.map.set(key, value);
  removeItem = (key: string) => void this.map.delete(key);
  clear = () => this.map.clear();
  copy = () => new MapStorage(new Map(this.map));
}

const oneAfterAnother = () => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_name: string, work: () => unknown) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  } as unknown as LockManager;
};

const refusing = new Proxy({} as Storage, {
  get: () => () => {
    throw new DOMException('', 'SecurityError');
  },
});

let now: number;
let places: SignInStorage & { tab: MapStorage; origin: MapStorage };
beforeEach(() => {
  now = 1_000_000;
  places = { tab: new MapStorage(), origin: new MapStorage(), locks: oneAfterAnother(), now: () => now };
});
const duplicate = () => new SignInStore({ ...places, tab: places.tab.copy() });

describe('SignInStore', () => {
  it('survives a reload', () => {
    new SignInStore(places).begin({ refreshToken: 'one', guestOf: 'room' });
    expect(new SignInStore(places).read()).toMatchObject({ refreshToken: 'one', guestOf: 'room' });
  });

  it('is unknown in a newly opened tab', () => {
    new SignInStore(places).begin({ refreshToken: 'one' });
    expect(new SignInStore({ ...places, tab: new MapStorage() }).read()).toBeUndefined();
  });

  it('uses a token once across duplicated tabs', async () => {
    const first = new SignInStore(places);
    first.begin({ refreshToken: '0' });
    const used: string[] = [];
    const refresh = (store: SignInStore) =>
      store.alone(async () => {
        const { refreshToken } = store.read() ?? { refreshToken: 'none' };
        used.push(refreshToken);
        await Promise.resolve();
        store.renew({ refreshToken: String(Number(refreshToken) + 1) });
      });
    const second = duplicate();
    await Promise.all([first, second, first, second].map(refresh));
    expect(used).toEqual(['0', '1', '2', '3']);
    expect(first.read()?.refreshToken).toBe('4');
    expect(second.read()?.refreshToken).toBe('4');
  });

  it('ends in every tab that shares it, and in no other', () => {
    const first = new SignInStore(places);
    first.begin({ refreshToken: 'one' });
    const second = duplicate();
    const other = new SignInStore({ ...places, tab: new MapStorage() });
    other.begin({ refreshToken: 'two' });
    const key = places.origin.key(0);
    first.end();
    expect(second.read()).toBeUndefined();
    expect(second.isEndedBy({ key, newValue: null })).toBe(true);
    expect(second.isEndedBy({ key, newValue: '{}' })).toBe(false);
    expect(other.isEndedBy({ key, newValue: null })).toBe(false);
    expect(first.isEndedBy({ key, newValue: null })).toBe(false);
    expect(other.read()?.refreshToken).toBe('two');
  });

  it('keeps the previous sign-in for the other tab when one signs in as another user', () => {
    const first = new SignInStore(places);
    first.begin({ refreshToken: 'ada' });
    const second = duplicate();
    second.begin({ refreshToken: 'bela' });
    expect(first.read()?.refreshToken).toBe('ada');
  });

  it('removes sign-ins that no tab has renewed for a week, and invalid ones', () => {
    new SignInStore(places).begin({ refreshToken: 'old' });
    places.origin.setItem('parley.sign-in.broken', '{');
    places.origin.setItem('parley.theme', 'dark');
    now += 6 * DAY_MS;
    new SignInStore({ ...places, tab: new MapStorage() }).begin({ refreshToken: 'young' });
    now += 2 * DAY_MS;
    expect(new SignInStore(places).read()).toBeUndefined();
    expect(places.origin.length).toBe(2);
  });

  it.each([
    ['is refused', refusing],
    ['is missing', undefined],
  ])('lasts as long as the page where storage %s', async (_, storage) => {
    const store = new SignInStore({ tab: storage, origin: storage, locks: undefined, now: () => now });
    expect(store.read()).toBeUndefined();
    store.begin({ refreshToken: 'one' });
    store.renew({ refreshToken: 'two' });
    expect(await store.alone(async () => store.read()?.refreshToken)).toBe('two');
    store.end();
    expect(store.read()).toBeUndefined();
  });
});
