/** What one bridge has done since the start; `ops` shows it with the bridge's name as label. */
export class BridgeStats {
  sockets = 0;
  /** Frames handed to the bridge. */
  frames = 0;
  /** Times that a socket was not read for a while, since its frames were beyond their rate or still being handled. */
  pauses = 0;
  /** Sockets that were let in. */
  admitted = 0;
  /** Faults of our own. */
  internalErrors = 0;
}
