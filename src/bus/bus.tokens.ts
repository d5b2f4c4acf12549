/** Injection token of the `Bus`, of which a process has one. */
export const BUS = Symbol('BUS');
