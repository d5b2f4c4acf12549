import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, PeerId, Room, UserId } from '@parley/client';
import { ChatLog, MAX_MESSAGES, MAX_PENDING } from './chat-log.js';

const message = (seq: number, user = 'other'): ChatMessage => ({
  id: `${seq}`,
  seq,
  user: user as UserId,
  name: user,
  from: user as PeerId,
  at: seq,
  text: `text ${seq}`,
});

/** A room whose chat the test plays. */
const roomWith = (kept: readonly ChatMessage[], sendChat: (text: string) => Promise<ChatMessage>) => {
  let listener: (message: ChatMessage) => void = () => {};
  const room = {
    on: (_event: string, listen: typeof listener) => {
      listener = listen;
      return () => {};
    },
    history: async ({ after, limit = 50 }: { after?: number; limit?: number } = {}) => {
      const page = after === undefined ? kept.slice(-limit) : kept.filter(({ seq }) => seq > after).slice(0, limit);
      return { messages: page, more: false };
    },
    sendChat,
  };
  return { room: room as unknown as Room, say: (one: ChatMessage) => listener(one) };
};

const enter = async (kept: readonly ChatMessage[], sendChat = async (): Promise<ChatMessage> => message(99, 'me')) => {
  const log = new ChatLog();
  const { room, say } = roomWith(kept, sendChat);
  log.enter(room, 'me' as UserId);
  while (log.reading.value) await Promise.resolve();
  return { log, say };
};
const seqs = (log: ChatLog) => log.messages.value.map(({ seq }) => seq);

describe('ChatLog', () => {
  it('shows each message once, in order, from history and live', async () => {
    const { log, say } = await enter([message(1), message(2)]);
    say(message(3));
    say(message(3));
    await log.send('hello');
    say(message(99, 'me'));
    expect(seqs(log)).toEqual([1, 2, 3, 99]);
    expect(log.pending.value).toEqual([]);
  });

  it('reads the page before the first message', async () => {
    const { log } = await enter(Array.from({ length: 120 }, (_, at) => message(at + 1)));
    expect(log.messages.value[0]?.seq).toBe(71);
    await log.read();
    expect(log.messages.value[0]?.seq).toBe(21);
    await log.read();
    expect(seqs(log)).toHaveLength(120);
    expect(log.hasEarlier()).toBe(false);
  });

  it('counts messages of others while the chat is closed', async () => {
    const { log, say } = await enter([]);
    say(message(1));
    say(message(2, 'me'));
    expect(log.unread.value).toBe(1);
    log.show(true);
    say(message(3));
    expect(log.unread.value).toBe(0);
  });

  it('keeps a message that could not be sent, with its error, and sends it on retry', async () => {
    let fails = true;
    const { log } = await enter([], async () => {
      if (fails) throw Object.assign(new Error(), { code: 'unavailable' });
      return message(1, 'me');
    });
    await log.send('hello');
    expect(log.pending.value).toMatchObject([{ text: 'hello', failed: 'unavailable' }]);
    fails = false;
    await log.retry(log.pending.value[0]!);
    expect(log.pending.value).toEqual([]);
    expect(seqs(log)).toEqual([1]);
  });

  it('limits the messages that are being sent', async () => {
    const { log } = await enter([], () => Promise.reject(new Error('down')));
    for (let sent = 0; sent < MAX_PENDING; sent++) expect(await log.send('x')).toBe(true);
    expect(await log.send('one too many')).toBe(false);
    expect(log.pending.value).toHaveLength(MAX_PENDING);
  });

  it('limits the messages that it keeps', async () => {
    const { log, say } = await enter([]);
    for (let seq = 1; seq <= MAX_MESSAGES + 10; seq++) say(message(seq));
    expect(log.messages.value).toHaveLength(MAX_MESSAGES);
    expect(log.messages.value[0]?.seq).toBe(11);
  });
});
