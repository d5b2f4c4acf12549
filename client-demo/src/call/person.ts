import type { Participant, PeerId, UserId } from '@parley/client';

/** What a participant shows to the room, read from a `meta` that anyone may have written. */
export interface Shown {
  readonly audio: boolean;
  readonly video: boolean;
  /** Id of the stream with the shared screen, or null. */
  readonly screen: string | null;
}

/** One person in the call. */
export interface Person extends Shown {
  readonly peer: PeerId;
  readonly user: UserId;
  readonly name: string;
  readonly self: boolean;
  readonly away: boolean;
  readonly role: Participant['role'];
  /** False: somebody who runs the room has taken it from them. */
  readonly mayPublish: boolean;
  readonly mayChat: boolean;
}

const MAX_STREAM_ID = 128;

/** Reads a participant; anything that is not as we write it counts as off. */
export const personOf = (participant: Participant, self: PeerId): Person => {
  const { audio, video, screen } = participant.meta;
  return {
    peer: participant.peer,
    user: participant.user,
    name: participant.name.trim() || 'Somebody',
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

/** Everyone, oneself first, then in the order of coming. */
export const peopleOf = (participants: Iterable<Participant>, self: PeerId): Person[] =>
  [...participants]
    .sort((one, two) => Number(two.peer === self) - Number(one.peer === self) || one.order - two.order)
    .map((participant) => personOf(participant, self));
