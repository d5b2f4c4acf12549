import type { Knock, Participant, Role, RoomState, ServerMessage, UserId } from '@parley/protocol';

/**
 * The settings of a room. `access`: `open` to anyone, by `invite`, or through a `lobby`, where a moderator admits
 * users. `locked`: only moderators can newly join. `capacity`: maximum number of participants. `metadata`: data of the
 * application, set over REST.
 */
export type RoomInfo = Omit<RoomState, 'type' | 'room'>;

/** The permissions of a participant. */
export interface Permissions {
  /** May offer media: a microphone, a camera, a screen. */
  readonly publish: boolean;
  readonly chat: boolean;
}

/** @internal */
export const permissionsOf = (participant: Pick<Participant, 'publish' | 'chat'> | undefined): Permissions => ({
  publish: participant?.publish !== false,
  chat: participant?.chat !== false,
});

const mayAnswer = (role: Role | undefined): boolean => role === 'owner' || role === 'moderator';

/** @internal The state of a room besides its roster: settings, lobby, mute requests. */
export class RoomStateKeeper {
  info: RoomInfo | undefined;
  knocks: readonly Knock[] = [];

  constructor(
    private readonly on: {
      readonly info: (info: RoomInfo) => void;
      readonly knocking: (knocks: readonly Knock[]) => void;
      readonly muteRequested: (by: UserId) => void;
    },
  ) {}

  receive(message: ServerMessage): void {
    if (message.type === 'room') {
      const { name, access, locked, capacity, metadata } = message;
      this.info = { name, access, locked, capacity, metadata };
      this.on.info(this.info);
      // Without a lobby, the server sends no further list.
      if (access !== 'lobby') this.#show([]);
    } else if (message.type === 'knocking') this.#show(message.knocks);
    else if (message.type === 'mute_requested') this.on.muteRequested(message.by);
  }

  /** The own role is another: the list goes to moderators alone, and the server does not say that it ends. */
  follow(role: Role | undefined): void {
    if (!mayAnswer(role)) this.#show([]);
  }

  #show(knocks: readonly Knock[]): void {
    if (knocks.length === 0 && this.knocks.length === 0) return;
    this.knocks = knocks;
    this.on.knocking(knocks);
  }
}
