/** What brings a person back in after a reload. */
export interface SignIn {
  readonly refreshToken: string;
  /** The one room of a guest. */
  readonly guestOf?: string;
}

interface StoredSignIn extends SignIn {
  /** When it was last renewed, milliseconds since 1970. */
  readonly at: number;
}

/** Where sign-ins are kept and who takes turns: the browser's own, or a test's. Any part may be missing. */
export interface SignInStorage {
  /** Of one tab; a duplicated tab begins with a copy. */
  readonly tab: Storage | undefined;
  /** Of all tabs of the origin. */
  readonly origin: Storage | undefined;
  readonly locks: Pick<LockManager, 'request'> | undefined;
  readonly now: () => number;
}

const TAB_KEY = 'parley.sign-in';
const PREFIX = 'parley.sign-in.';
/** A sign-in that no tab has renewed for so long is removed from the browser. */
const FORGOTTEN_MS = 7 * 86_400_000;

/** Storage may be refused: private windows, a full disk, a person's choice. */
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

/**
 * The sign-in of a tab and of the tabs duplicated from it. A refresh token is good for one use, and a second use ends
 * the whole sign-in: so the token stands once in the origin's storage under an id that the tabs share, and they use
 * it one after another. A tab that was opened anew has no id, hence a sign-in of its own.
 */
export class SignInStore {
  private id: string | undefined;
  /** Where the browser keeps nothing, a sign-in lasts until the page is left. */
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

  /** Keeps a new sign-in; the one before is left to the other tabs that have it. */
  begin(signIn: SignIn): void {
    const id = crypto.randomUUID();
    this.id = id;
    attempt(() => this.storage.tab?.setItem(TAB_KEY, id));
    this.write(signIn);
  }

  /** Keeps the next token of the same sign-in. */
  renew(signIn: SignIn): void {
    if (this.id) this.write(signIn);
  }

  /** Removes the sign-in, for the other tabs that have it as well. */
  end(): void {
    const { id } = this;
    this.id = undefined;
    this.memory = undefined;
    attempt(() => this.storage.tab?.removeItem(TAB_KEY));
    if (id) attempt(() => this.storage.origin?.removeItem(PREFIX + id));
  }

  /** True when this `storage` event says that another tab has ended this tab's sign-in. */
  isEndedBy({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): boolean {
    return this.id !== undefined && key === PREFIX + this.id && newValue === null;
  }

  /** Runs alone among the tabs of this sign-in. Without Web Locks, as on a page without TLS, it simply runs. */
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

/** What this browser offers. */
export const browserStorage = (): SignInStorage => ({
  tab: attempt(() => sessionStorage),
  origin: attempt(() => localStorage),
  locks: navigator.locks,
  now: Date.now,
});
