/**
 * A process with any number of SDK clients, each in one room. Its parent tells it what they do by messages
 * `{id, client, do, with}`, and gets `{re, value}` or `{re, error}`.
 */
import process from 'node:process';
import { shiftClock } from '../node-side/wall-clock.mjs';
import { HistoryFile } from './history-file.mjs';
import { Subject } from './subject.mjs';

const history = new HistoryFile(process.argv[2]);
const subjects = new Map();

const COMMANDS = {
  async open(name, { url, token, room }) {
    const subject = new Subject({ name, url, token }, history);
    subjects.set(name, subject);
    return subject.join(room);
  },
  send: (name, { count, to, size }) => subjects.get(name).send(count, to, size),
  talk: (name, { everyMs }) => subjects.get(name).talk(everyMs),
  chat: (name, { text }) => subjects.get(name).chat(text),
  history: (name) => subjects.get(name).pastChat(),
  hush: (name) => subjects.get(name).hush(),
  leave: (name) => subjects.get(name).leave(),
  crash: (name, { silently }) => subjects.get(name).crash(silently),
  cut: (name) => subjects.get(name).cut(),
  deafen: (name) => subjects.get(name).deafen(),
  stall: (name, { ms }) => subjects.get(name).stall(ms),
  /** Of the whole process. */
  shiftClock: (_name, { ms }) => shiftClock(ms),
  sayAgain: (name, { index, delayMs, more }) => subjects.get(name).sayAgain(index, delayMs, more),
  state: (name) => subjects.get(name).state(),
};

process.on('message', async ({ id, client, do: command, with: argument }) => {
  try {
    process.send({ re: id, value: await COMMANDS[command](client, argument) });
  } catch (error) {
    process.send({ re: id, error: `${command} of ${client}: ${error?.code ?? ''} ${error?.stack ?? error}` });
  }
});
process.on('disconnect', () => process.exit(0));
