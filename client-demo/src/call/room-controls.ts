import type { Knock, Permissions, Role, Room, RoomInfo } from '@parley/client';
import { signal } from '@preact/signals';
import {
  type AssignableRole,
  answerOffer,
  listOffers,
  offerRoom,
  setMember,
  type TransferOffer,
} from '../api/moderation.js';
import { codeOf } from '../api/problem.js';
import { announce, notify } from '../state/notices.js';
import type { withToken } from '../state/session.js';
import { notifyProblem } from './notify-problem.js';
import type { Person } from './person.js';

/** What the controls need of this user's devices. */
export interface OwnMedia {
  readonly micOn: () => boolean;
  readonly mute: () => void;
  /** Turns off the microphone and the camera. */
  readonly silence: () => void;
}

const ROLE_LEVELS: Readonly<Record<Role, number>> = { guest: 0, member: 1, moderator: 2, owner: 3 };
/** Names of participants that are remembered. */
const MAX_NAMES = 1_000;
const ALL: Permissions = { publish: true, chat: true };

/** The room's settings, this user's role and permissions, and the moderation actions that they allow. */
export class RoomControls {
  readonly info = signal<RoomInfo | undefined>(undefined);
  readonly role = signal<Role>('guest');
  readonly permissions = signal<Permissions>(ALL);
  /** The users waiting in the lobby, longest first; empty below moderator. */
  readonly knocks = signal<readonly Knock[]>([]);
  /** An offer to this user to own the room. */
  readonly offer = signal<TransferOffer | undefined>(undefined);
  /** Names of the users seen in the room, by user id. */
  private readonly names = new Map<string, string>();
  private room: Room | undefined;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly media: OwnMedia,
    /** Calls REST as the signed-in user. */
    private readonly asUser: typeof withToken,
  ) {}

  get runs(): boolean {
    return ROLE_LEVELS[this.role.value] >= ROLE_LEVELS.moderator;
  }

  /** Whether this user may moderate that participant: only one with a lower role. */
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
      room.on('mute_requested', ({ by }) => this.askedToMute(by?.name ?? 'A moderator')),
    );
    void this.findOffer();
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
      announce(admit ? `${name} is admitted.` : `${name} is denied.`);
    });
  }

  async setLocked(locked: boolean): Promise<void> {
    await this.run(({ moderation }) => (locked ? moderation.lock() : moderation.unlock()));
  }

  async askToMute({ peer, name }: Person): Promise<void> {
    await this.run(async ({ moderation }) => {
      await moderation.requestMute(peer);
      notify(`${name} was asked to mute.`);
    });
  }

  async permit({ peer }: Person, rights: Partial<Permissions>): Promise<void> {
    await this.run(({ moderation }) => moderation.permit(peer, rights));
  }

  /** Prefixes the reason of a ban with the name: the list of bans has only user ids. */
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
      await this.asUser((token) => setMember(token, id, user, newRole));
      notify(newRole === 'moderator' ? `${name} is now a moderator.` : `${name} is now a member.`);
    });
  }

  /** Offers the room to a participant, who becomes a member first, as only members can own it. */
  async transfer({ user, name, role }: Person): Promise<void> {
    await this.run(async ({ id }) => {
      if (role === 'member') await this.asUser((token) => setMember(token, id, user, role));
      await this.asUser((token) => offerRoom(token, id, user));
      notify(`${name} is asked to become the owner.`);
    });
  }

  async answerOffer(accept: boolean): Promise<void> {
    this.offer.value = undefined;
    await this.run(async ({ id }) => {
      await this.asUser((token) => answerOffer(token, id, accept));
    });
  }

  /** The server announces an offer as a change of the room. */
  private async findOffer(): Promise<void> {
    const { room } = this;
    if (!room || room.role === 'guest') return;
    try {
      const offers = await this.asUser(listOffers);
      this.offer.value = offers.find((offer) => offer.room === room.id);
    } catch {
      // The next change of the room asks again.
    }
  }

  private async run(work: (room: Room) => Promise<void>): Promise<void> {
    if (!this.room) return;
    try {
      await work(this.room);
    } catch (error) {
      notifyProblem(problemOf(codeOf(error)));
    }
  }

  private followInfo(info: RoomInfo): void {
    const before = this.info.value;
    this.info.value = info;
    void this.findOffer();
    if (!before || before.locked === info.locked) return;
    notify(
      info.locked
        ? 'The room is locked: no new participants can join.'
        : 'The room is unlocked: new participants can join.',
    );
  }

  private followKnocks(knocks: readonly Knock[]): void {
    const current = new Set(this.knocks.value.map(({ knock }) => knock));
    this.knocks.value = knocks;
    for (const { user, name } of knocks) this.learn(user, name);
    const added = knocks.filter(({ knock }) => !current.has(knock));
    if (added.length > 0) announce(`${added.map(({ name }) => name).join(', ')} is waiting in the lobby.`);
  }

  private followRights(room: Room): void {
    const [before, role] = [this.permissions.value, this.role.value];
    this.role.value = room.role;
    this.permissions.value = room.permissions;
    const { publish, chat } = room.permissions;
    if (before.publish && !publish) {
      this.media.silence();
      // The banner stays for as long as the permission is revoked.
      announce('A moderator has turned off your mic, camera and screen sharing.');
    } else if (!before.publish && publish) notify('You can turn on your mic and camera again.');
    if (before.chat && !chat) notify('A moderator has turned off chat for you. You can still read it.');
    else if (!before.chat && chat) notify('You can write in the chat again.');
    if (role !== room.role) notify(`You are now ${ROLE_PHRASES[room.role]} of this room.`);
  }

  private askedToMute(who: string): void {
    if (this.media.micOn()) notify(`${who} asks you to mute.`, 'lasting', { label: 'Mute', run: this.media.mute });
    else announce(`${who} asks you to mute. You are muted already.`);
  }
}

const ROLE_PHRASES: Readonly<Record<Role, string>> = {
  owner: 'the owner',
  moderator: 'a moderator',
  member: 'a member',
  guest: 'a guest',
};

/** The code of the text to show: after a moderation action, some codes mean that the user has left. */
const problemOf = (code: string): string => (code === 'not_found' || code === 'peer_unknown' ? 'nobody_there' : code);
