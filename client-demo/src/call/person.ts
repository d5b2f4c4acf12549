import type { Participant, PeerId, UserId } from '@parley/client';

/** What a participant shows to the room, read from its `meta`, which is not trusted. */
export interface Shown {
  readonly audio: boolean;
  readonly video: boolean;
  /** Id of the stream with the shared screen, or null. */
  readonly screen: string | null;
}

/** One participant of the call. */
export interface Person extends Shown {
  readonly peer: PeerId;
  readonly user: UserId;
  readonly name: string;
  readonly self: boolean;
  readonly away: boolean;
  readonly role: Participant['role'];
  /** False: a moderator has revoked the permission. */
  readonly mayPublish: boolean;
  readonly mayChat: boolean;
}

const MAX_STREAM_ID = 128;

/** Converts a participant; invalid values in its `meta` count as off. */
export const personOf = (participant: Participant, self: PeerId): Person => {
  const { audio, video, screen } = participant.meta;
  return {
    peer: participant.peer,
    user: participant.user,
    name: participant.name.trim() || 'Unnamed user',
    self: participant.peer === self,
    away: participant.state === 'away',
    role: participant.role,
    mayPublish: participant.publish !== false,
    mayChat: participant.chat !== false,
    audio: audio === true,
    video: video === true,
    screen: typeof screen === 'string' && screen !== '' && screen.length <= MAX_STREAM_ID ? screen : null,
  };
};

/** All participants: this user first, then in join order. */
export const peopleOf = (participants: Iterable<Participant>, self: PeerId): Person[] =>
  [...participants]
    .sort((one, two) => Number(two.peer === self) - Number(one.peer === self) || one.order - two.order)
    .map((participant) => personOf(participant, self));
