/** A stored sign-in, which survives a reload. */
export interface SignIn {
  readonly refreshToken: string;
  /** The one room of a guest. */
  readonly guestOf?: string;
}

interface StoredSignIn extends SignIn {
  /** When it was last renewed, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The browser's storage and locks, or a test's. Any part may be missing. */
export interface SignInStorage {
  /** Storage of one tab; a duplicated tab starts with a copy. */
  readonly tab: Storage | undefined;
  /** Storage of all tabs of the origin. */
  readonly origin: Storage | undefined;
  readonly locks: Pick<LockManager, 'request'> | undefined;
  readonly now: () => number;
}

const TAB_KEY = 'parley.sign-in';
const PREFIX = 'parley.sign-in.';
/** Age after which a sign-in that no tab has renewed is removed. */
const FORGOTTEN_MS = 7 * 86_400_000;

/** Storage may be denied: private windows, a full disk, the user's settings. */
const attempt = <Value>(work: () => Value): Value | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

const parse = (text: string | null | undefined): StoredSignIn | undefined => {
  const value = attempt(() => JSON.parse(text ?? 'null') as StoredSignIn | null);
  return typeof value?.refreshToken === 'string' && typeof value.at === 'number' ? value : undefined;
};

/** Unlike `crypto.randomUUID`, this also exists on pages without TLS. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * The sign-in of a tab and of the tabs duplicated from it. A refresh token is valid for one use, and a second use ends
 * the whole sign-in. So the token is stored once per origin under an id that the tabs share, and they use it one after
 * another. A newly opened tab has no id, hence a sign-in of its own.
 */
export class SignInStore {
  private id: string | undefined;
  /** Without storage, a sign-in lasts until the page is left. */
  private memory: SignIn | undefined;

  constructor(private readonly storage: SignInStorage) {
    this.id = attempt(() => storage.tab?.getItem(TAB_KEY)) ?? undefined;
    attempt(() => this.sweep());
  }

  /** The newest state of this tab's sign-in, whichever tab renewed it. */
  read(): SignIn | undefined {
    if (!this.id) return undefined;
    return parse(attempt(() => this.storage.origin?.getItem(PREFIX + this.id))) ?? this.memory;
  }

  /** Stores a new sign-in. The previous one stays for the other tabs that use it. */
  begin(signIn: SignIn): void {
    const id = newId();
    this.id = id;
    attempt(() => this.storage.tab?.setItem(TAB_KEY, id));
    this.write(signIn);
  }

  /** Stores the next token of the same sign-in. */
  renew(signIn: SignIn): void {
    if (this.id) this.write(signIn);
  }

  /** Removes the sign-in, also for the other tabs that use it. */
  end(): void {
    const { id } = this;
    this.id = undefined;
    this.memory = undefined;
    attempt(() => this.storage.tab?.removeItem(TAB_KEY));
    if (id) attempt(() => this.storage.origin?.removeItem(PREFIX + id));
  }

  /** Whether a `storage` event means that another tab has ended this tab's sign-in. */
  isEndedBy({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): boolean {
    return this.id !== undefined && key === PREFIX + this.id && newValue === null;
  }

  /** Runs exclusively among the tabs of this sign-in. Without Web Locks, as on a page without TLS, it just runs. */
  async alone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const { locks } = this.storage;
    return locks && this.id ? ((await locks.request(PREFIX + this.id, work)) as Answer) : work();
  }

  private write(signIn: SignIn): void {
    const { origin } = this.storage;
    const stored: StoredSignIn = { ...signIn, at: this.storage.now() };
    const done = origin && attempt(() => origin.setItem(PREFIX + this.id, JSON.stringify(stored)) ?? true);
    this.memory = done ? undefined : signIn;
  }

  private sweep(): void {
    const { origin, now } = this.storage;
    if (!origin) return;
    const keys = Array.from({ length: origin.length }, (_, at) => origin.key(at));
    for (const key of keys) {
      if (!key?.startsWith(PREFIX)) continue;
      const stored = parse(origin.getItem(key));
      if (!stored || now() - stored.at > FORGOTTEN_MS) origin.removeItem(key);
    }
  }
}

/** The storage and locks of this browser. */
export const browserStorage = (): SignInStorage => ({
  tab: attempt(() => sessionStorage),
  origin: attempt(() => localStorage),
  locks: navigator.locks,
  now: Date.now,
});
