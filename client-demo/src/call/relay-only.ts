import { signal } from '@preact/signals';

const KEY = 'parley.relay-only';

const read = (): boolean => {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false;
  }
};

/** Whether media may use only the TURN relay, so that other participants do not learn this machine's IP address. */
export const relayOnly = signal(read());

/** Applies to the next calls in this browser. */
export const setRelayOnly = (on: boolean): void => {
  relayOnly.value = on;
  // Private windows may deny storage; then it applies until a reload.
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {}
};

/** The RTCConfiguration for {@link relayOnly} (W3C WebRTC 1.0 §4.2.1). */
export const relayConfiguration = (): RTCConfiguration => (relayOnly.peek() ? { iceTransportPolicy: 'relay' } : {});
