/** Something to be done every so often, by one node at a time. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** @param signal aborted when the node is stopping: what is left is another node's, or the next round's */
  run(signal: AbortSignal): Promise<void>;
}

/** Whose turn it is. */
export interface JobClaims {
  /** Takes the next turn of a chore for all nodes; false: another node had it less than `everyMs` ago. */
  take(name: string, everyMs: number): Promise<boolean>;
}

/** Chores that are hours apart are looked at more often: a node may not live for hours. */
const CHECK_MS = 60_000;

/**
 * Does chores for all nodes. Each round is done by whoever takes its turn first, so a node that dies leaves the next
 * one to another. A round that takes longer than its turn may run beside the next: chores must bear that.
 */
export class Scheduler {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Map<string, Promise<void>>();
  private readonly ending = new AbortController();
  /** Rounds that failed here. */
  failures = 0;
  /** Rounds that were done here. */
  runs = 0;

  /** @param failed hears of a round that failed; the next one tries again */
  constructor(
    private readonly claims: JobClaims,
    private readonly jobs: readonly Job[],
    private readonly failed: (job: string, error: unknown) => void,
  ) {}

  start(): void {
    for (const job of this.jobs) {
      this.timers.push(setInterval(() => this.tick(job), Math.min(job.everyMs, CHECK_MS)).unref());
    }
  }

  /** Resolves when what was begun has come to a place where it can end. */
  async stop(): Promise<void> {
    this.ending.abort();
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    await Promise.all(this.running.values());
  }

  private tick(job: Job): void {
    if (this.running.has(job.name)) return;
    const round = this.runJob(job).finally(() => this.running.delete(job.name));
    this.running.set(job.name, round);
  }

  private async runJob(job: Job): Promise<void> {
    try {
      if (!(await this.claims.take(job.name, job.everyMs))) return;
      await job.run(this.ending.signal);
      this.runs += 1;
    } catch (error) {
      this.failures += 1;
      this.failed(job.name, error);
    }
  }
}
