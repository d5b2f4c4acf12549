/**
 * A process with any number of SDK clients, each in one or two rooms. The parent process controls them by messages
 * `{id, client, do, with}`, and gets `{re, value}` or `{re, error}`.
 */
import process from 'node:process';
import { shiftClock } from '../node-side/wall-clock.mjs';
import { HistoryFile } from './history-file.mjs';
import { Subject } from './subject.mjs';

const history = new HistoryFile(process.argv[2]);
const subjects = new Map();

const COMMANDS = {
  async open(name, { url, token, room, stays }) {
    const subject = new Subject({ name, url, token, stays }, history);
    subjects.set(name, subject);
    try {
      return await subject.join(room);
    } catch (error) {
      await subject.leave();
      throw error;
    }
  },
  want: (name, { room }) => subjects.get(name).want(room),
  exit: (name, { room }) => subjects.get(name).exit(room),
  reenter: (name, { room }) => subjects.get(name).reenter(room),
  cancelJoin: (name, { room, afterMs }) => subjects.get(name).cancelJoin(room, afterMs),
  joinTwice: (name, { room, afterMs, atOnce }) => subjects.get(name).joinTwice(room, afterMs, atOnce),
  reload: (name, { silently }) => subjects.get(name).reload(silently),
  send: (name, { count, to, size }) => subjects.get(name).send(count, to, size),
  talk: (name, { everyMs }) => subjects.get(name).talk(everyMs),
  chat: (name, { text }) => subjects.get(name).first.room.sendChat(text),
  history: (name) => subjects.get(name).first.room.history(),
  hush: (name) => subjects.get(name).hush(),
  leave: (name) => subjects.get(name).leave(),
  crash: (name, { silently }) => subjects.get(name).crash(silently),
  cut: (name) => subjects.get(name).sockets.cut(),
  deafen: (name) => subjects.get(name).sockets.deafen(),
  stall: (name, { ms }) => subjects.get(name).sockets.stall(ms),
  /** Commands for the whole process. */
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
