import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Spread, spreadOf } from '../measure/statistics.js';
import type { WorkRounds } from '../rounds.js';
import type { Figures } from '../works/work.js';

/** A system's figures in one work. */
export interface Row {
  readonly system: string;
  /** Medians over the rounds. */
  readonly figures: Figures;
  /** Of `cost` by the reference's in the same round. */
  readonly ratio: Spread;
}

export interface WorkReport {
  readonly name: string;
  readonly title: string;
  readonly figure: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
}

/** All that a run says: what `--json` writes and the charts are made from. */
export interface Report {
  readonly at: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly works: readonly WorkReport[];
}

const VERSIONED = ['ws', 'ioredis', 'peer', 'socket.io', '@socket.io/redis-adapter', '@nestjs/core', 'y-webrtc'];

export const reportOf = (all: readonly WorkRounds[]): Report => ({
  at: new Date().toISOString(),
  machine: `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
  versions: { node: process.version, ...Object.fromEntries(VERSIONED.map((name) => [name, versionOf(name)])) },
  works: all.map(workReport),
});

const versionOf = (name: string): string => {
  const file = join(import.meta.dirname, '../../../node_modules', name, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
};

const workReport = ({ work: { name, title, figure, systems }, rounds }: WorkRounds): WorkReport => {
  const [reference] = systems as [string];
  const measured = systems.filter((system) => rounds[0]?.has(system));
  const rows = measured.map((system) => ({
    system,
    figures: medians(rounds.map((round) => round.get(system)!)),
    ratio: spreadOf(rounds.map((round) => round.get(system)!.cost / round.get(reference)!.cost)),
  }));
  return { name, title, figure, rounds: rounds.length, rows };
};

const medians = (all: readonly Figures[]): Figures => {
  const names = Object.keys(all[0]!) as (keyof Figures)[];
  const median = (name: keyof Figures): number => spreadOf(all.map((figures) => figures[name] ?? Number.NaN)).median;
  return Object.fromEntries(names.map((name) => [name, median(name)])) as unknown as Figures;
};
