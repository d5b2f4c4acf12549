import { type DatabaseFault, databaseFault, messageOf } from './database-fault.js';

/** Receives one line per change. */
export interface StatusLog {
  warn(message: string): void;
}

/** Whether the database answers, by the outcome of the last query. Logs each change with its cause. */
export class DatabaseStatus {
  /** Why it does not answer; undefined: it does. */
  fault: DatabaseFault | undefined;

  constructor(private readonly log: StatusLog) {}

  /** @param error of a query; undefined: it succeeded */
  report(error?: unknown): void {
    const fault = error === undefined ? undefined : databaseFault(error);
    if (fault === this.fault) return;
    this.fault = fault;
    if (fault === undefined) return this.log.warn('Database available again.');
    this.log.warn(
      `Database unavailable (${fault}); calls go on, accounts, room changes and chat answer 503: ${messageOf(error)}`,
    );
  }
}
