import type { Readable } from 'node:stream';

export declare const startOnLeash: (
  signal: 'INT' | 'TERM',
  program: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
) => {
  readonly pid: number;
  readonly output: Readable;
  readonly ended: Promise<number>;
  stop(): Promise<number>;
  kill(): void;
};
