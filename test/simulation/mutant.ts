import type { Script, Simulation } from './simulation.js';

/** One small change that breaks a promise: the checker must find it. */
export interface Mutant {
  readonly name: string;
  readonly apply: Script;
  /** Those that show it; absent: all. */
  readonly faults?: readonly string[];
}

/** Replaces methods of a class for the length of one run. */
export const patch = (run: Simulation, on: { readonly prototype: object }, methods: Record<string, unknown>): any => {
  const target = on.prototype as Record<string, unknown>;
  const previous = Object.fromEntries(Object.keys(methods).map((name) => [name, target[name]]));
  Object.assign(target, methods);
  run.whenOver(() => Object.assign(target, previous));
  return previous;
};

/** Changes what the SDKs say. */
export const rewrite = (run: Simulation, change: (header: any, client: string) => object | undefined): void => {
  run.network.rewrite = (frame, { path }) => {
    const end = frame.indexOf('\n');
    const header = change(JSON.parse(end < 0 ? frame : frame.slice(0, end)), path.actor.name);
    return header && `${JSON.stringify(header)}${end < 0 ? '' : frame.slice(end)}`;
  };
};
