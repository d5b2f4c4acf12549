/**
 * What tests do to a node from inside, loaded into it by `--import` before it starts. Nothing of it is in the product,
 * and the product knows nothing of it. On SIGUSR2 it reads the file that is named by its process id: {do, with}, does
 * it, and prints a line with the answer.
 */
import { readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { arm } from './failpoints.mjs';
import { heapBytes } from './heap.mjs';
import { shiftClock } from './wall-clock.mjs';

/** The event loop stands still. */
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
