import type { ChatMessage, Room, UserId } from '@parley/client';
import { signal } from '@preact/signals';
import { codeOf } from '../api/problem.js';
import { announce } from '../state/notices.js';

/** The user's own message that the server has not stored yet. */
export interface Pending {
  readonly key: number;
  readonly text: string;
  readonly at: number;
  /** Code of the error; undefined while it is being sent. */
  readonly failed?: string;
}

const PAGE = 50;
/** Messages that the page keeps. The oldest are dropped first and can be read again. */
export const MAX_MESSAGES = 1_000;
/** Maximum number of own messages that are being sent or have failed. */
export const MAX_PENDING = 20;

/** The room's chat as the panel shows it. */
export class ChatLog {
  readonly messages = signal<readonly ChatMessage[]>([]);
  readonly pending = signal<readonly Pending[]>([]);
  readonly unread = signal(0);
  readonly open = signal(false);
  /** Code of the error of the last `read`, or undefined. */
  readonly problem = signal<string | undefined>(undefined);
  readonly reading = signal(false);
  maxBytes = 4_096;
  private room: Room | undefined;
  private self: UserId | undefined;
  private stop: (() => void) | undefined;
  private lastKey = 0;

  enter(room: Room, self: UserId | undefined, maxBytes = this.maxBytes): void {
    this.room = room;
    this.self = self;
    this.maxBytes = maxBytes;
    this.stop = room.on('chat', (message) => this.arrive(message));
    void this.read();
  }

  close(): void {
    this.stop?.();
  }

  isOwn(message: ChatMessage): boolean {
    return message.user === this.self;
  }

  /** Whether there are older messages than the first one here. */
  hasEarlier(): boolean {
    return (this.messages.value[0]?.seq ?? 1) > 1;
  }

  show(open: boolean): void {
    this.open.value = open;
    if (open) this.unread.value = 0;
  }

  /** Counts something other than a message, such as a file, as unread while the chat is closed. */
  nudge(): void {
    if (!this.open.value) this.unread.value++;
  }

  /** Reads the newest page, or the page before the first message here. */
  async read(): Promise<void> {
    if (!this.room || this.reading.value) return;
    const first = this.messages.value[0]?.seq;
    this.reading.value = true;
    this.problem.value = undefined;
    try {
      const query =
        first === undefined ? {} : { after: Math.max(0, first - 1 - PAGE), limit: Math.min(PAGE, first - 1) };
      const { messages } = await this.room.history(query);
      this.merge(messages);
    } catch (error) {
      this.problem.value = codeOf(error);
    } finally {
      this.reading.value = false;
    }
  }

  isTooLong(text: string): boolean {
    return new TextEncoder().encode(text).length > this.maxBytes;
  }

  /** @returns false, without sending, if {@link MAX_PENDING} is reached */
  async send(text: string): Promise<boolean> {
    if (!this.canSend()) return false;
    const key = ++this.lastKey;
    this.pending.value = [...this.pending.value, { key, text, at: Date.now() }];
    try {
      if (!this.room) throw new Error('not in a room');
      const message = await this.room.sendChat(text);
      this.merge([message]);
      this.forget(key);
    } catch (error) {
      const failed = codeOf(error);
      this.pending.value = this.pending.value.map((one) => (one.key === key ? { ...one, failed } : one));
      announce('Your message was not sent.');
    }
    return true;
  }

  canSend(): boolean {
    return this.pending.value.length < MAX_PENDING;
  }

  async retry(pending: Pending): Promise<void> {
    this.forget(pending.key);
    await this.send(pending.text);
  }

  forget(key: number): void {
    this.pending.value = this.pending.value.filter((one) => one.key !== key);
  }

  private arrive(message: ChatMessage): void {
    this.merge([message]);
    if (this.isOwn(message)) return;
    if (!this.open.value) this.unread.value++;
    announce(`${message.name} says: ${message.text.slice(0, 200)}`);
  }

  private merge(messages: readonly ChatMessage[]): void {
    const all = new Map(this.messages.value.map((message) => [message.seq, message]));
    for (const message of messages) all.set(message.seq, message);
    this.messages.value = [...all.values()].sort((one, two) => one.seq - two.seq).slice(-MAX_MESSAGES);
  }
}
