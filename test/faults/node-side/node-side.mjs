/**
 * Commands of tests inside a node, loaded by `--import` before it starts. The product does not contain or know this
 * file. On SIGUSR2 it reads a command, {do, with}, from the file named by its process id, executes it and prints a line
 * with the answer.
 */
import { readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { arm } from './failpoints.mjs';
import { heapBytes } from './heap.mjs';
import { shiftClock } from './wall-clock.mjs';

/** Blocks the event loop. */
const stall = (ms) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

const COMMANDS = { arm, heapBytes, shiftClock, stall };

process.on('SIGUSR2', () => {
  const file = join(tmpdir(), `parley-node-side-${process.pid}.json`);
  const { id, do: command, with: argument } = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  const answer = COMMANDS[command](argument);
  writeSync(1, `node-side ${JSON.stringify({ id, answer })}\n`);
});
