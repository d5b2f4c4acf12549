import type { Knock, Permissions, Role, Room, RoomInfo } from '@parley/client';
import { signal } from '@preact/signals';
import { type AssignableRole, setMember, transferRoom } from '../api/moderation.js';
import { codeOf } from '../api/problem.js';
import { announce, notify } from '../state/notices.js';
import type { withToken } from '../state/session.js';
import { notifyProblem } from './notify-problem.js';
import type { Person } from './person.js';

/** What the house asks of the own devices. */
export interface OwnMedia {
  readonly micOn: () => boolean;
  readonly mute: () => void;
  /** Everything off: nothing of it may go out any more. */
  readonly silence: () => void;
}

const ROLE_LEVELS: Readonly<Record<Role, number>> = { guest: 0, member: 1, moderator: 2, owner: 3 };
/** Names that are kept of those who were here. */
const MAX_NAMES = 1_000;
const ALL: Permissions = { publish: true, chat: true };

/** The order of the house: what the room is, who decides in it, and what the person at this page may do about it. */
export class RoomControls {
  readonly info = signal<RoomInfo | undefined>(undefined);
  readonly role = signal<Role>('guest');
  readonly permissions = signal<Permissions>(ALL);
  /** Who waits to be let in, longest first; empty for those who do not decide. */
  readonly knocks = signal<readonly Knock[]>([]);
  /** Of everybody who was seen here, by user id. */
  private readonly names = new Map<string, string>();
  private room: Room | undefined;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly media: OwnMedia,
    /** Calls REST as the person at this page. */
    private readonly asPerson: typeof withToken,
  ) {}

  get runs(): boolean {
    return ROLE_LEVELS[this.role.value] >= ROLE_LEVELS.moderator;
  }

  /** Whether the server would let this person do something to that one. */
  mayActOn({ self, role }: Person): boolean {
    return this.runs && !self && ROLE_LEVELS[role] < ROLE_LEVELS[this.role.value];
  }

  enter(room: Room): void {
    this.room = room;
    this.role.value = room.role;
    this.permissions.value = room.permissions;
    this.knocks.value = room.knocks;
    const learnAll = () => {
      for (const { user, name } of room.participants.values()) this.learn(user, name);
    };
    learnAll();
    this.stops.push(
      room.on('roster', learnAll),
      room.on('info', (info) => this.followInfo(info)),
      room.on('knocking', (knocks) => this.followKnocks(knocks)),
      room.on('permitted', ({ peer }) => peer === room.self && this.followRights(room)),
      room.on('mute_requested', ({ by }) => this.askedToMute(by?.name ?? 'Somebody who runs the room')),
    );
  }

  nameOf(user: string): string | undefined {
    return this.names.get(user);
  }

  learn(user: string, name: string): void {
    this.names.set(user, name);
    for (const current of this.names.keys()) {
      if (this.names.size <= MAX_NAMES) break;
      this.names.delete(current);
    }
  }

  close(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  async answer({ knock, name }: Pick<Knock, 'knock' | 'name'>, admit: boolean): Promise<void> {
    await this.run(async ({ moderation }) => {
      await (admit ? moderation.admit(knock) : moderation.deny(knock));
      announce(admit ? `${name} is let in.` : `${name} is sent away.`);
    });
  }

  async setLocked(locked: boolean): Promise<void> {
    await this.run(({ moderation }) => (locked ? moderation.lock() : moderation.unlock()));
  }

  async askToMute({ peer, name }: Person): Promise<void> {
    await this.run(async ({ moderation }) => {
      await moderation.requestMute(peer);
      notify(`${name} is asked to mute.`);
    });
  }

  async permit({ peer }: Person, rights: Partial<Permissions>): Promise<void> {
    await this.run(({ moderation }) => moderation.permit(peer, rights));
  }

  /** The name goes with the ban: the list of bans has ids alone. */
  async remove({ peer, name }: Person, ban: boolean, reason: string): Promise<void> {
    const why = reason.trim();
    await this.run(({ moderation }) =>
      ban
        ? moderation.ban(peer, (why ? `${name} — ${why}` : name).slice(0, 200))
        : moderation.kick(peer, why || undefined),
    );
  }

  async setRole({ user, name }: Person, newRole: AssignableRole): Promise<void> {
    await this.run(async ({ id }) => {
      await this.asPerson((token) => setMember(token, id, user, newRole));
      notify(newRole === 'moderator' ? `${name} helps you run the room now.` : `${name} is a member now.`);
    });
  }

  async transfer({ user, name }: Person): Promise<void> {
    await this.run(async ({ id }) => {
      await this.asPerson((token) => transferRoom(token, id, user));
      notify(`The room is ${name}’s now. You still help to run it.`);
    });
  }

  private async run(work: (room: Room) => Promise<void>): Promise<void> {
    if (!this.room) return;
    try {
      await work(this.room);
    } catch (error) {
      notifyProblem(wordOf(codeOf(error)));
    }
  }

  private followInfo(info: RoomInfo): void {
    const before = this.info.value;
    this.info.value = info;
    if (!before || before.locked === info.locked) return;
    notify(info.locked ? 'The room is locked: nobody new comes in.' : 'The room is unlocked: people come in again.');
  }

  private followKnocks(knocks: readonly Knock[]): void {
    const current = new Set(this.knocks.value.map(({ knock }) => knock));
    this.knocks.value = knocks;
    for (const { user, name } of knocks) this.learn(user, name);
    const added = knocks.filter(({ knock }) => !current.has(knock));
    if (added.length > 0) announce(`${added.map(({ name }) => name).join(', ')} asks to come in.`);
  }

  private followRights(room: Room): void {
    const [before, role] = [this.permissions.value, this.role.value];
    this.role.value = room.role;
    this.permissions.value = room.permissions;
    const { publish, chat } = room.permissions;
    if (before.publish && !publish) {
      this.media.silence();
      // The stage says it for as long as it is so.
      announce('Somebody who runs the room has taken your voice, picture and screen off the air.');
    } else if (!before.publish && publish) notify('You may speak and show yourself again.');
    if (before.chat && !chat) notify('Somebody who runs the room has taken the chat from you. You still read it.');
    else if (!before.chat && chat) notify('You may write again.');
    if (role !== room.role) notify(`You are ${ROLE_PHRASES[room.role]} of this room now.`);
  }

  private askedToMute(who: string): void {
    if (this.media.micOn()) notify(`${who} asks you to mute.`, 'lasting', { label: 'Mute me', run: this.media.mute });
    else announce(`${who} asks you to mute. You are muted already.`);
  }
}

const ROLE_PHRASES: Readonly<Record<Role, string>> = {
  owner: 'the owner',
  moderator: 'a moderator',
  member: 'a member',
  guest: 'a guest',
};

/** Codes that mean something of their own when one acts on people. */
const wordOf = (code: string): string => (code === 'not_found' || code === 'peer_unknown' ? 'nobody_there' : code);
