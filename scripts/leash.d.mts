import type { ChildProcess } from 'node:child_process';
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

export declare const spawnTied: (
  program: string,
  args: readonly string[],
  options?: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly output?: 'ignore' | 'inherit';
    readonly group?: boolean;
  },
) => ChildProcess;
