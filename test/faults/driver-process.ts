import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const TIMEOUT_MS = 60_000;

/** A process of client-driver/, controlled by messages. */
export class DriverProcess {
  alive = true;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private next = 0;
  private said = '';

  /** @param script a file of client-driver/ */
  constructor(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = process.env) {
    this.child = fork(join(import.meta.dirname, 'client-driver', script), args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
      });
    }
    this.child.on('message', ({ re, value, error }: { re: number; value?: unknown; error?: string }) => {
      const waiting = this.waiting.get(re);
      this.waiting.delete(re);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
    });
    this.child.once('exit', () => {
      this.alive = false;
      for (const { reject } of this.waiting.values()) reject(new Error(`The client process ended.\n${this.said}`));
      this.waiting.clear();
    });
  }

  /** @param client the client in the process that executes it */
  command(what: string, argument: object, client?: string): Promise<any> {
    return new Promise((resolve, reject) => {
      const id = this.next++;
      const timer = setTimeout(() => reject(new Error(`No answer to ${what}.\n${this.said}`)), TIMEOUT_MS);
      const settle =
        <Value>(done: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          done(value);
        };
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      // A killed process may not have ended yet, so messages of an action that outlives its run are refused.
      this.child.send({ id, client, do: what, with: argument }, (error) => {
        if (error === null) return;
        this.waiting.delete(id);
        settle(reject)(error);
      });
    });
  }

  async kill(): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
