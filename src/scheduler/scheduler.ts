/** Maintenance work that one node at a time does periodically. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** @param signal aborted when the node stops: the rest is left to another node or the next round */
  run(signal: AbortSignal): Promise<void>;
}

/** Decides which node runs a round of a job. */
export interface JobClaims {
  /** Claims the next round of a job for this node; false: a node claimed one less than `everyMs` ago. */
  take(name: string, everyMs: number): Promise<boolean>;
}

/** Maximum interval between claims. A node may be replaced before a job that runs every few hours is due. */
const CHECK_MS = 60_000;

/**
 * Runs jobs for the whole cluster. The node that claims a round first runs it, so when a node dies, another one runs
 * the next round. A round that takes longer than the interval may overlap with the next: jobs must tolerate that.
 */
export class Scheduler {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Map<string, Promise<void>>();
  private readonly ending = new AbortController();
  /** Rounds that failed on this node. */
  failures = 0;
  /** Rounds that this node completed. */
  runs = 0;

  /** @param failed called for each failed round; the next round tries again */
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

  /** Stops the timers and resolves when running jobs have ended. */
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
