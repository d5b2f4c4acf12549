/** Work that nobody waits for, until the node ends. A store that is away makes a step fail, never the node. */
export class BackgroundTasks {
  private readonly tasks = new Set<Promise<unknown>>();

  begin(work: Promise<unknown>): void {
    const done = work.catch(() => {}).finally(() => this.tasks.delete(done));
    this.tasks.add(done);
  }

  /** Resolves when all of it is done, and what it led to. */
  async settled(): Promise<void> {
    while (this.tasks.size > 0) await Promise.all(this.tasks);
  }
}
