import { useEffect, useState } from 'preact/hooks';
import { hasRelay } from '../api/rest.js';
import { withToken } from '../state/session.js';
import { relayOnly, setRelayOnly } from './relay-only.js';

/** Hides the own address from the others. Not shown where the service has no relay, unless it is on already. */
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
        Hide my address from the others
        <span class="hint">
          {offered === false
            ? ' — this service has no relay: with this on, nobody can see or hear you'
            : ' — sound and picture go over the service’s relay, which can be slower'}
        </span>
      </span>
    </label>
  );
};
