import type { Script } from './simulation.js';

/** One small change that breaks a promise. */
export interface Mutant {
  readonly name: string;
  readonly apply: Script;
}
