/** Injection token of the process's one `Topics`. */
export const TOPICS = Symbol('TOPICS');
