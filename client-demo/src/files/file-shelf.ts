import type { Peer, PeerId, Room } from '@parley/client';
import { signal } from '@preact/signals';
import type { ChatLog } from '../chat/chat-log.js';
import { announce } from '../state/notices.js';
import {
  FILE_CHANNEL,
  type FileState,
  hasEnded,
  MAX_FILE_BYTES,
  MAX_INCOMING_PER_PEER,
  MAX_KEPT_BYTES,
  MAX_OUTGOING,
  type Refusal,
} from './messages.js';
import { chunkBytesFor } from './progress.js';
import { receiveFile } from './receive-file.js';
import { sendFile } from './send-file.js';

/** The transfer of one file to or from one peer. */
export interface Leg {
  readonly peer: PeerId;
  readonly name: string;
  readonly state: FileState;
  readonly bytes: number;
  readonly reason?: string;
}

/** One file in the chat: sent to one peer or to all, or received from one. */
export interface FileItem {
  readonly key: number;
  readonly direction: 'out' | 'in';
  readonly name: string;
  readonly size: number;
  readonly at: number;
  /** `seq` of the chat message that it follows. */
  readonly afterSeq: number;
  readonly legs: readonly Leg[];
  /** Digest that the receiver has verified. */
  readonly sha256?: string;
  /** Object URL of a received file. */
  readonly url?: string;
}

const MAX_ITEMS = 100;

const isMoving = ({ legs }: FileItem): boolean => legs.some(({ state }) => !hasEnded(state));

/** The files sent and received in this call. */
export class FileShelf {
  readonly items = signal<readonly FileItem[]>([]);
  private readonly cancels = new Map<string, () => void>();
  /** Number of open incoming channels per peer. */
  private readonly channels = new Map<PeerId, number>();
  private room: Room | undefined;
  private chat: ChatLog | undefined;
  private lastKey = 0;

  enter(room: Room, chat: ChatLog): void {
    this.room = room;
    this.chat = chat;
  }

  /** Sends a file to every current peer, or to one. @returns the reason why it cannot be sent, or undefined */
  send(file: File, to: PeerId | undefined): string | undefined {
    if (file.size > MAX_FILE_BYTES) return `${file.name} is larger than the maximum of 50 MB.`;
    const peers = [...(this.room?.peers.values() ?? [])].filter(({ id }) => to === undefined || id === to);
    if (peers.length === 0) return 'There is no one to send it to yet.';
    const moving = this.items.value.filter((item) => item.direction === 'out' && isMoving(item));
    if (moving.length >= MAX_OUTGOING)
      return `Too many transfers in progress. Send ${file.name} when some have finished.`;
    const legs = peers.map(({ id, participant }) => ({
      peer: id,
      name: participant.name,
      state: 'waiting' as const,
      bytes: 0,
    }));
    const key = this.add({ direction: 'out', name: file.name, size: file.size, legs });
    for (const peer of peers) this.sendTo(peer, file, key);
    return undefined;
  }

  /** Accepts a data channel that a peer opened. */
  take(channel: RTCDataChannel, peer: Peer): void {
    if (channel.label !== FILE_CHANNEL) return;
    const open = this.channels.get(peer.id) ?? 0;
    // One more channel than files: declining a surplus file needs a channel too.
    if (open > MAX_INCOMING_PER_PEER) return channel.close();
    this.channels.set(peer.id, open + 1);
    channel.addEventListener('close', () => this.channels.set(peer.id, (this.channels.get(peer.id) ?? 1) - 1), {
      once: true,
    });
    let key: number | undefined;
    const change = (leg: Partial<Leg>) => key !== undefined && this.changeLeg(key, peer.id, leg);
    const cancel = receiveFile(channel, {
      offered: ({ name, size }) => {
        const refusal = this.refusal(peer.id, size);
        if (refusal) return refusal;
        const leg = { peer: peer.id, name: peer.participant.name, state: 'moving' as const, bytes: 0 };
        key = this.add({ direction: 'in', name, size, legs: [leg] });
        this.cancels.set(`${key} ${peer.id}`, cancel);
        this.chat?.nudge();
        announce(`${peer.participant.name} is sending you the file ${name}`);
        return undefined;
      },
      progress: (bytes) => change({ bytes }),
      checking: () => change({ state: 'checking' }),
      received: (blob) => key !== undefined && this.change(key, { url: URL.createObjectURL(blob) }),
      ended: (state, detail) => {
        if (key === undefined) return;
        this.cancels.delete(`${key} ${peer.id}`);
        if (detail?.sha256) this.change(key, { sha256: detail.sha256 });
        change({ state });
        if (state === 'done') announce('The file is received and verified.');
      },
    });
  }

  cancel(item: FileItem): void {
    for (const { peer } of item.legs) this.cancels.get(`${item.key} ${peer}`)?.();
  }

  close(): void {
    for (const cancel of [...this.cancels.values()]) cancel();
    for (const { url } of this.items.value) if (url) URL.revokeObjectURL(url);
  }

  private sendTo(peer: Peer, file: File, key: number): void {
    const change = (leg: Partial<Leg>) => this.changeLeg(key, peer.id, leg);
    const mark = `${key} ${peer.id}`;
    try {
      const channel = peer.createDataChannel(FILE_CHANNEL, { ordered: true });
      const cancel = sendFile(
        channel,
        file,
        {
          progress: (bytes) => change({ bytes, state: 'moving' }),
          checking: () => change({ state: 'checking' }),
          ended: (state, detail) => {
            this.cancels.delete(mark);
            if (detail?.sha256) this.change(key, { sha256: detail.sha256 });
            change({ state, ...(detail?.reason ? { reason: detail.reason } : {}) });
            announce(state === 'done' ? `${file.name} is delivered.` : `${file.name} was not delivered.`);
          },
        },
        chunkBytesFor(peer.connection.sctp?.maxMessageSize),
      );
      this.cancels.set(mark, cancel);
    } catch {
      change({ state: 'gone' });
    }
  }

  private refusal(peer: PeerId, size: number): Refusal | undefined {
    if (size > MAX_FILE_BYTES) return 'too_large';
    const incoming = this.items.value.filter(({ direction }) => direction === 'in');
    const moving = incoming.filter(({ legs }) => legs.some((leg) => leg.peer === peer && !hasEnded(leg.state)));
    if (moving.length >= MAX_INCOMING_PER_PEER) return 'busy';
    const kept = incoming.filter((item) => item.url || isMoving(item));
    return kept.reduce((sum, item) => sum + item.size, size) > MAX_KEPT_BYTES ? 'no_space' : undefined;
  }

  private add(item: Pick<FileItem, 'direction' | 'name' | 'size' | 'legs'>): number {
    const key = ++this.lastKey;
    const afterSeq = this.chat?.messages.value.at(-1)?.seq ?? 0;
    const all = [...this.items.value, { ...item, key, at: Date.now(), afterSeq }];
    // Only ended transfers are dropped, and their object URLs with them.
    const surplus = all.filter((one) => !isMoving(one)).slice(0, Math.max(0, all.length - MAX_ITEMS));
    for (const { url } of surplus) if (url) URL.revokeObjectURL(url);
    this.items.value = all.filter((one) => !surplus.includes(one));
    return key;
  }

  private change(key: number, change: Partial<FileItem>): void {
    this.items.value = this.items.value.map((item) => (item.key === key ? { ...item, ...change } : item));
  }

  private changeLeg(key: number, peer: PeerId, change: Partial<Leg>): void {
    this.items.value = this.items.value.map((item) =>
      item.key === key
        ? { ...item, legs: item.legs.map((leg) => (leg.peer === peer ? { ...leg, ...change } : leg)) }
        : item,
    );
  }
}
