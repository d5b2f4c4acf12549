/** Injection token of the process's one `Presence`. */
export const PRESENCE = Symbol('PRESENCE');
