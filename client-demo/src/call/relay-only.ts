import { signal } from '@preact/signals';

const KEY = 'parley.relay-only';

const read = (): boolean => {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false;
  }
};

/** Whether sound and picture may go over the service's relay alone, so that nobody learns this machine's address. */
export const relayOnly = signal(read());

/** Counts for the next call, and for those after it in this browser. */
export const setRelayOnly = (on: boolean): void => {
  relayOnly.value = on;
  // Private windows may refuse storage; then it counts until a reload.
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {}
};

/** What the browser is told about its ways to the others (W3C WebRTC §4.2.4). */
export const wayToOthers = (): RTCConfiguration => (relayOnly.peek() ? { iceTransportPolicy: 'relay' } : {});
