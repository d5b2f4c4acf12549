import { useEffect, useState } from 'preact/hooks';
import { hasRelay } from '../api/rest.js';
import { withToken } from '../state/session.js';
import { relayOnly, setRelayOnly } from './relay-only.js';

/** Hides the user's IP address from other participants. Not shown without a relay, unless it is on already. */
export const RelaySwitch = () => {
  const [offered, setOffered] = useState<boolean>();
  useEffect(() => {
    withToken(hasRelay).then(setOffered, () => undefined);
  }, []);
  const on = relayOnly.value;
  if (!offered && !on) return null;
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on}
        data-testid="device-relay-only"
        onChange={(event) => setRelayOnly(event.currentTarget.checked)}
      />
      <span>
        Hide my IP address from other participants
        <span class="hint">
          {offered === false
            ? ' — this server has no relay: with this on, no one can see or hear you'
            : ' — audio and video go through the server’s relay, which can be slower'}
        </span>
      </span>
    </label>
  );
};
