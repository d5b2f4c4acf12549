import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Reading } from './load.js';
import type { LoadSpec } from './make-load.js';
import type { Answer, Call } from './worker.js';

const TYPESCRIPT = join(import.meta.dirname, '../../../scripts/typescript.mjs');
const WORKER = join(import.meta.dirname, 'worker.ts');

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Runs a load in its own process, so that its cost is not counted as the server's. */
export class LoadProcess {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    child.once('exit', (code) => {
      for (const [id, answer] of this.waiting) answer({ id, error: `the generator ended with ${code}` });
    });
  }

  static async start(spec: LoadSpec): Promise<LoadProcess> {
    // 'advanced', because JSON has no NaN.
    const started = new LoadProcess(fork(WORKER, { execArgv: ['--import', TYPESCRIPT], serialization: 'advanced' }));
    try {
      await started.call({ do: 'prepare', spec });
    } catch (error) {
      started.end();
      throw error;
    }
    return started;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Resolves when the load runs or, if it has an end, when it has ended. */
  async begin(): Promise<void> {
    await this.call({ do: 'start' });
  }

  async read(): Promise<Reading> {
    return (await this.call({ do: 'read' })) as Reading;
  }

  async finish(): Promise<void> {
    await this.call({ do: 'finish' });
  }

  /** Ends at once; the system closes the sockets. */
  end(): void {
    this.child.kill('SIGKILL');
  }

  private async call(call: WithoutId<Call>): Promise<unknown> {
    const id = ++this.lastId;
    const answer = await new Promise<Answer>((resolve) => {
      if (!this.child.connected) return resolve({ id, error: 'the generator has ended' });
      this.waiting.set(id, resolve);
      this.child.send({ id, ...call });
    });
    if (answer.error !== undefined) throw new Error(`load: ${answer.error}`);
    return answer.value;
  }
}
