/** Injection token of the `Presence`, of which a process has one. */
export const PRESENCE = Symbol('PRESENCE');
