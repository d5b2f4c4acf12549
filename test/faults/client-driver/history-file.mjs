import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * History as JSON lines. Each line is written before the process continues: a process that is killed has written
 * everything that it did. Times are CLOCK_MONOTONIC in milliseconds, comparable between processes of one machine.
 */
export class HistoryFile {
  #file;

  /** @param {string} path */
  constructor(path) {
    this.#file = openSync(path, 'a');
  }

  /** @param {string} kind @param {object} fields */
  record(kind, fields) {
    const t = Number(process.hrtime.bigint()) / 1e6;
    writeSync(this.#file, `${JSON.stringify({ t, kind, ...fields })}\n`);
  }

  close() {
    closeSync(this.#file);
  }
}
