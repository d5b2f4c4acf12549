/** Plain counters of the signaling core; `ops` shows them as metrics. */
export class SignalingStats {
  frames = 0;
  signalsLocal = 0;
  signalsRemote = 0;
  signalsRefused = 0;
  undeliverable = 0;
  broadcasts = 0;
  chats = 0;
  joins = 0;
  resumes = 0;
  internalErrors = 0;
  invalidNodeMessages = 0;
  rosterSnapshots = 0;
}
