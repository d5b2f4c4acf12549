import type { HistoryEvent } from './history.js';

/** An event before it has its time. */
export type Unstamped = HistoryEvent extends infer Event
  ? Event extends HistoryEvent
    ? Omit<Event, 't'>
    : never
  : never;

/** Writes a history down. */
export class Recorder {
  readonly events: HistoryEvent[] = [];

  /** @param now monotonic milliseconds. Default: CLOCK_MONOTONIC, which processes of one machine share. */
  constructor(private readonly now: () => number = () => Number(process.hrtime.bigint() / 1000n) / 1000) {}

  add(event: Unstamped): void {
    this.events.push({ t: this.now(), ...event } as HistoryEvent);
  }
}

/** Histories of several processes as one, in the order of their times. */
export const merge = (...histories: readonly (readonly HistoryEvent[])[]): HistoryEvent[] =>
  histories.flat().sort((a, b) => a.t - b.t);

/** Reads a history of JSON lines; a last line that its writer did not finish is left out. */
export const parseHistory = (lines: string): HistoryEvent[] => {
  const whole = lines.slice(0, lines.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryEvent);
};
