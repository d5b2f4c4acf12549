import { type JoinOptions, type Meta, ParleyClient, ParleyError, type PeerId, type Room } from '@parley/client';
import { batch, effect, signal } from '@preact/signals';
import { ApiProblem, codeOf } from '../api/problem.js';
import { ChatLog } from '../chat/chat-log.js';
import { FileShelf } from '../files/file-shelf.js';
import { announce, notify } from '../state/notices.js';
import { accessToken, freshToken, withToken } from '../state/session.js';
import { shareUpstream } from './bitrate.js';
import type { LocalMedia } from './local-media.js';
import { Outgoing } from './outgoing.js';
import { type Person, peopleOf } from './person.js';
import { relayConfiguration } from './relay-only.js';
import { Remote } from './remote.js';
import { RoomControls } from './room-controls.js';

/** The connection to the server. `back` is shown for a moment after a reconnect. */
export type Link = 'connecting' | 'up' | 'lost' | 'back';

const BACK_SHOWN_MS = 3_000;
const MEASURE_MS = 2_000;
const LISTEN_MS = 200;
const UPSTREAM_PAUSE_MS = 1_000;

/** The SDK gives up only on a ParleyError that is not retryable; it retries after a network failure. */
const token = async (): Promise<string> => {
  try {
    return await accessToken();
  } catch (error) {
    const ended = error instanceof ApiProblem && error.status === 401;
    throw ended ? new ParleyError('refresh_invalid') : error;
  }
};

/** One call in one room, from joining to leaving. Screens read its signals. */
export class Call {
  readonly link = signal<Link>('connecting');
  readonly people = signal<readonly Person[]>([]);
  readonly remotes = signal<ReadonlyMap<PeerId, Remote>>(new Map());
  /** Code of the reason why it ended; set once. */
  readonly over = signal<string | undefined>(undefined);
  readonly joined = signal(false);
  /** True while this user waits in the lobby. */
  readonly waiting = signal(false);
  /** True once another participant has been in the room. */
  readonly met = signal(false);
  /** Starts the playback that the browser blocked until the user clicks. */
  readonly blocked = signal<readonly (() => Promise<void>)[]>([]);
  readonly outgoing: Outgoing;
  readonly controls: RoomControls;
  readonly chat = new ChatLog();
  readonly files = new FileShelf();
  private readonly client = new ParleyClient({ url: location.origin, token, rtcConfiguration: relayConfiguration() });
  private readonly stops: (() => void)[] = [];
  private upstreamTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly cancelWaiting = new AbortController();
  private room: Room | undefined;
  private closed = false;

  constructor(
    readonly roomId: string,
    readonly media: LocalMedia,
    private readonly invite?: string | undefined,
  ) {
    this.outgoing = new Outgoing(media);
    const own = {
      micOn: () => media.mic.on.value,
      mute: () => void media.mic.set(false),
      silence: () => {
        void media.mic.set(false);
        void media.camera.set(false);
      },
    };
    this.controls = new RoomControls(own, withToken);
  }

  /** Connects and joins. Does not throw: `over` has the reason of a failure. */
  async start(): Promise<void> {
    this.stops.push(
      this.client.on('state', (state) => this.followLink(state)),
      this.client.on('closed', (error) => this.end(error?.code ?? 'closed')),
    );
    try {
      await this.client.connect();
      const meta = this.outgoing.meta();
      const room = await this.join(meta);
      if (this.closed) return void room.leave();
      this.enter(room, meta);
    } catch (error) {
      this.end(codeOf(error));
    }
  }

  /** Leaves the lobby: `over` becomes `cancelled`. */
  stopWaiting(): void {
    this.cancelWaiting.abort();
  }

  /** Leaves the room. The others see it at once. */
  async leave(): Promise<void> {
    this.close();
    this.cancelWaiting.abort();
    await this.room?.leave().catch(() => undefined);
    await this.client.close().catch(() => undefined);
  }

  nameOf(peer: PeerId): string {
    return this.people.value.find((person) => person.peer === peer)?.name ?? 'Someone';
  }

  hold(play: () => Promise<void>): void {
    this.blocked.value = [...this.blocked.value, play];
  }

  async unblock(): Promise<void> {
    const waiting = this.blocked.value;
    this.blocked.value = [];
    await Promise.all(waiting.map((play) => play().catch(() => undefined)));
  }

  private async join(meta: Meta): Promise<Room> {
    const options: JoinOptions = {
      meta,
      ...(this.invite !== undefined && { invite: this.invite }),
      waiting: () => {
        this.waiting.value = true;
      },
      signal: this.cancelWaiting.signal,
    };
    try {
      return await this.client.join(this.roomId, options);
    } catch (error) {
      if (codeOf(error) !== 'removed') throw error;
      // The token was issued before the removal: only a newer one may join again.
      await freshToken();
      await this.client.refreshToken();
      return this.client.join(this.roomId, options);
    }
  }

  private enter(room: Room, told: Meta): void {
    this.room = room;
    const follow = () => {
      this.people.value = peopleOf(room.participants.values(), room.self);
      if (this.people.value.length > 1) this.met.value = true;
    };
    const say = (name: string, event: string) => {
      if (name) notify(`${name} ${event}`);
    };
    this.stops.push(
      room.on('joined', ({ name, peer }) => peer !== room.self && say(name, 'has joined')),
      room.on('left', ({ participant, reason }) =>
        say(participant.name, reason === 'removed' ? 'was removed' : 'has left'),
      ),
      room.on('away', ({ name }) => announce(`${name} lost the connection`)),
      room.on('back', ({ name }) => announce(`${name} is back`)),
      room.on('updated', follow),
      room.on('permitted', follow),
      room.on('roster', follow),
      room.on('rejoined', follow),
      room.on('peer', (peer) => this.addPeer(peer.id)),
      room.on('peer_gone', (peer) => this.dropPeer(peer.id)),
      room.on('removed', (reason) => this.end(reason)),
    );
    for (const event of ['joined', 'left', 'away', 'back'] as const) this.stops.push(room.on(event, follow));
    batch(() => {
      follow();
      for (const id of room.peers.keys()) this.addPeer(id);
      this.joined.value = true;
      if (this.client.state === 'connected') this.link.value = 'up';
    });
    this.controls.enter(room);
    this.outgoing.enter(room, told);
    this.chat.enter(room, this.client.user?.id, this.client.limits?.maxChatBytes);
    this.files.enter(room, this.chat);
    const measure = setInterval(() => {
      for (const remote of this.remotes.value.values()) void remote.measure();
    }, MEASURE_MS);
    const listen = setInterval(() => {
      for (const remote of this.remotes.value.values()) remote.listen();
    }, LISTEN_MS);
    this.stops.push(
      () => clearInterval(measure),
      () => clearInterval(listen),
      effect(() => {
        // A new camera track and a new participant both change how the upstream is divided.
        void this.media.camera.track.value;
        void this.remotes.value;
        clearTimeout(this.upstreamTimer);
        this.upstreamTimer = setTimeout(
          () => void shareUpstream(room.peers.values(), this.media.camera.track.peek()),
          UPSTREAM_PAUSE_MS,
        );
      }),
    );
    const others = this.people.value.length - 1;
    const who = others === 0 ? 'No one else is' : others === 1 ? 'One other person is' : `${others} others are`;
    announce(`You are in the room. ${who} here.`);
  }

  private addPeer(id: PeerId): void {
    const peer = this.room?.peers.get(id);
    if (!peer || this.remotes.value.get(id)?.peer === peer) return;
    this.remotes.value.get(id)?.close();
    const remote = new Remote(peer, (channel) => this.files.take(channel, peer));
    this.remotes.value = new Map(this.remotes.value).set(id, remote);
  }

  private dropPeer(id: PeerId): void {
    const rest = new Map(this.remotes.value);
    rest.get(id)?.close();
    rest.delete(id);
    this.remotes.value = rest;
  }

  private followLink(state: ParleyClient['state']): void {
    if (state === 'reconnecting') {
      this.link.value = 'lost';
      announce('The connection to the server was lost. Reconnecting.');
    } else if (state === 'connected' && this.link.value === 'lost') {
      this.link.value = 'back';
      announce('You are reconnected.');
      setTimeout(() => {
        if (this.link.value === 'back') this.link.value = 'up';
      }, BACK_SHOWN_MS);
    } else if (state === 'connected' && this.joined.value) this.link.value = 'up';
  }

  private end(code: string): void {
    if (this.closed) return;
    this.close();
    void this.client.close().catch(() => undefined);
    this.over.value = code;
  }

  private close(): void {
    this.closed = true;
    clearTimeout(this.upstreamTimer);
    for (const stop of this.stops.splice(0)) stop();
    for (const remote of this.remotes.value.values()) remote.close();
    this.controls.close();
    this.outgoing.close();
    this.files.close();
    this.chat.close();
  }
}
