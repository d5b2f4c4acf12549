import type { Knock, Participant, Role, RoomState, ServerMessage, UserId } from '@parley/protocol';

/**
 * What a room is now. `access` is how people come in: `open` to everybody, by `invite`, or through a `lobby`, where a
 * moderator lets them in. `locked`: nobody new comes in but moderators. `capacity`: at most so many participants.
 * `metadata` is the application's own, set over REST.
 */
export type RoomInfo = Omit<RoomState, 'type' | 'room'>;

/** What one participant may do beside being there. */
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

/** @internal What the server says of a room beside its roster. */
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
      // Where nobody knocks, no list comes any more.
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
