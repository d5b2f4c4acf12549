import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Spread, spreadOf } from '../measure/statistics.js';
import type { WorkRounds } from '../rounds.js';
import type { Figures } from '../works/work.js';

/** A system's figures in one work. */
export interface Row {
  readonly system: string;
  readonly rounds: number;
  /** Medians over the rounds. */
  readonly figures: Figures;
  /** Ratio of `cost` to the reference's in the same round. */
  readonly ratio: Spread;
}

export interface WorkReport {
  readonly name: string;
  readonly title: string;
  readonly figure: string;
  readonly rows: readonly Row[];
}

/** The results of a run: written by `--json`, and the source of the charts. */
export interface Report {
  readonly at: string;
  /** The commit of this repository; undefined without git. */
  readonly commit: string | undefined;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly works: readonly WorkReport[];
}

const VERSIONED = ['ws', 'ioredis', 'peer', 'socket.io', '@socket.io/redis-adapter', '@nestjs/core', 'y-webrtc'];

export const reportOf = (all: readonly WorkRounds[]): Report => ({
  at: new Date().toISOString(),
  commit: commit(),
  machine: `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
  versions: { node: process.version, ...Object.fromEntries(VERSIONED.map((name) => [name, versionOf(name)])) },
  works: all.map(workReport),
});

const commit = (): string | undefined => {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
};

const versionOf = (name: string): string => {
  const file = join(import.meta.dirname, '../../../node_modules', name, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
};

const workReport = ({ work: { name, title, figure, systems }, rounds }: WorkRounds): WorkReport => {
  const [reference] = systems as [string];
  const measured = systems.filter((system) => rounds[0]?.has(system));
  const rows = measured.map((system) => ({
    system,
    rounds: rounds.length,
    figures: medians(rounds.map((round) => round.get(system)!)),
    ratio: spreadOf(rounds.map((round) => round.get(system)!.cost / round.get(reference)!.cost)),
  }));
  return { name, title, figure, rows };
};

const medians = (all: readonly Figures[]): Figures => {
  const names = Object.keys(all[0]!) as (keyof Figures)[];
  const median = (read: (figures: Figures) => unknown): number => spreadOf(all.map((one) => Number(read(one)))).median;
  const more = Object.keys(all[0]!.more ?? {}).map((name) => [name, median((figures) => figures.more?.[name])]);
  const plain = names.filter((name) => name !== 'more').map((name) => [name, median((figures) => figures[name])]);
  return { ...Object.fromEntries(plain), ...(more.length > 0 && { more: Object.fromEntries(more) }) };
};
