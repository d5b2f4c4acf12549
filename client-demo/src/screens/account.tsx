import { useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import type { Account as Person } from '../api/rest.js';
import { logOut, logOutEverywhere } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Avatar } from '../ui/flag.js';
import { Problem } from '../ui/problem.js';

/** The account dialog: log out here, or everywhere. */
export const Account = ({ user, onClose }: { user: Person; onClose: () => void }) => {
  const [busy, setBusy] = useState(false);
  const [code, setCode] = useState<string>();
  const everywhere = async () => {
    setBusy(true);
    setCode(undefined);
    try {
      await logOutEverywhere();
    } catch (error) {
      setCode(codeOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Your account" onClose={onClose} testid="account">
      <div class="row">
        <Avatar name={user.displayName} />
        <div class="grow">
          <div class="cut">{user.displayName}</div>
          {user.username && <div class="hint cut">{user.username}</div>}
        </div>
      </div>
      <button type="button" class="button quiet wide" data-testid="account-logout" onClick={() => logOut()}>
        Log out here
      </button>
      <div class="form">
        <p class="soft">
          Lost a device, or does someone else know your password? This ends all your sign-ins and calls at once, on
          every device, including this one.
        </p>
        {code && <Problem code={code} />}
        <button
          type="button"
          class="button danger wide"
          data-testid="account-logout-all"
          disabled={busy}
          onClick={everywhere}
        >
          {busy ? 'Logging out…' : 'Log out everywhere'}
        </button>
      </div>
    </Dialog>
  );
};
