import process from 'node:process';
import type { Load } from './load.js';
import { type LoadSpec, makeLoad } from './make-load.js';

/** A call from the measuring process. */
export type Call = { readonly id: number } & (
  | { readonly do: 'prepare'; readonly spec: LoadSpec }
  | { readonly do: 'start' | 'read' | 'finish' }
);

/** The answer to a call: the result of the method, or its error. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

let load: Load | undefined;

const act = async (call: Call): Promise<unknown> => {
  if (call.do === 'prepare') {
    load = makeLoad(call.spec);
    return load.prepare();
  }
  return load?.[call.do]?.();
};

process.on('message', (call: Call) => {
  act(call).then(
    (value) => process.send?.({ id: call.id, value } satisfies Answer),
    (error: unknown) =>
      process.send?.({ id: call.id, error: String((error as Error)?.stack ?? error) } satisfies Answer),
  );
});
process.on('disconnect', () => process.exit(0));
