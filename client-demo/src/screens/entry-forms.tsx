import { useId, useState } from 'preact/hooks';
import { enterAsGuest, logIn, signUp } from '../state/session.js';
import { Field } from '../ui/field.js';
import { Problem } from '../ui/problem.js';
import { useSubmit } from '../ui/submit.js';

const USERNAME = {
  source: '[A-Za-z0-9_.\\-]*',
  words: 'Use only letters from A to Z, digits, dots, dashes and underscores.',
};

const SignUpForm = () => {
  const [displayName, setDisplayName] = useState('');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { busy, code, faults, onSubmit, amend } = useSubmit(() =>
    signUp(username.trim(), password, displayName.trim()),
  );
  return (
    <form class="form" noValidate onSubmit={onSubmit} data-testid="signup-form">
      <Field
        label="Display name"
        testid="displayName"
        name="displayName"
        autoComplete="name"
        required
        maxLength={64}
        value={displayName}
        onValue={amend('displayName', setDisplayName)}
        fault={faults.displayName}
      />
      <Field
        label="Username"
        testid="username"
        name="username"
        autoComplete="username"
        verbatim
        required
        minLength={3}
        maxLength={32}
        pattern={USERNAME}
        value={username}
        onValue={amend('username', setUsername)}
        hint="3 to 32 letters, digits, dots, dashes or underscores"
        fault={faults.username}
      />
      <Field
        label="Password"
        testid="password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={8}
        maxLength={128}
        value={password}
        onValue={amend('password', setPassword)}
        hint="At least 8 characters"
        fault={faults.password}
      />
      {code && <Problem code={code} />}
      <button type="submit" class="button wide" disabled={busy} data-testid="submit">
        {busy ? 'Creating your account…' : 'Create account'}
      </button>
    </form>
  );
};

const LogInForm = () => {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { busy, code, faults, onSubmit, amend } = useSubmit(() => logIn(username.trim(), password));
  return (
    <form class="form" noValidate onSubmit={onSubmit} data-testid="login-form">
      <Field
        label="Username"
        testid="username"
        name="username"
        autoComplete="username"
        verbatim
        required
        value={username}
        onValue={amend('username', setUsername)}
        fault={faults.username}
      />
      <Field
        label="Password"
        testid="password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onValue={amend('password', setPassword)}
        fault={faults.password}
      />
      {code && <Problem code={code} />}
      <button type="submit" class="button wide" disabled={busy} data-testid="submit">
        {busy ? 'Logging in…' : 'Log in'}
      </button>
    </form>
  );
};

const GuestForm = ({ room }: { room: string }) => {
  const [name, setName] = useState('');
  const { busy, code, faults, onSubmit, amend } = useSubmit(() => enterAsGuest(name.trim(), room));
  return (
    <form class="form" noValidate onSubmit={onSubmit} data-testid="guest-form">
      <Field
        label="Display name"
        testid="guest-name"
        name="displayName"
        autoComplete="name"
        required
        maxLength={64}
        value={name}
        onValue={amend('displayName', setName)}
        hint="No account needed. You can join only this room."
        fault={faults.displayName}
      />
      {code && <Problem code={code} />}
      <button type="submit" class="button wide" disabled={busy} data-testid="guest-submit">
        {busy ? 'Signing in…' : 'Continue as a guest'}
      </button>
    </form>
  );
};

type Way = 'guest' | 'signup' | 'login';
const WAYS: Readonly<Record<Way, string>> = { guest: 'Guest', signup: 'Sign up', login: 'Log in' };

/** The forms to log in, to sign up or, where the room admits guests, to continue as a guest. */
export const EntryForms = ({ guestRoom, first }: { guestRoom?: string | undefined; first?: Way }) => {
  const ways: readonly Way[] = guestRoom ? ['guest', 'login', 'signup'] : ['signup', 'login'];
  const [chosen, setChosen] = useState<Way>(first ?? ways[0] ?? 'login');
  const way = ways.includes(chosen) ? chosen : (ways[0] ?? 'login');
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = ways[(ways.indexOf(way) + step + ways.length) % ways.length] ?? way;
    setChosen(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <div class="card entry">
      <div class="tabs" role="tablist" aria-label="How to sign in">
        {ways.map((one) => (
          <button
            key={one}
            id={`${id}-${one}`}
            type="button"
            role="tab"
            class="tab"
            aria-selected={one === way}
            aria-controls={`${id}-panel`}
            tabIndex={one === way ? 0 : -1}
            data-testid={`tab-${one}`}
            onClick={() => setChosen(one)}
            onKeyDown={onKeyDown}
          >
            {WAYS[one]}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${way}`}>
        {way === 'guest' && guestRoom ? (
          <GuestForm room={guestRoom} />
        ) : way === 'login' ? (
          <LogInForm />
        ) : (
          <SignUpForm />
        )}
      </div>
    </div>
  );
};
