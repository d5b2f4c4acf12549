import { Inject, Injectable } from '@nestjs/common';
import type { RoomId } from '@parley/protocol';
import { type Presence, PresenceUnavailable } from '../presence/presence.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import type { ParticipantsResponse } from './dto/room.responses.js';

/** Counts and lists the current participants of rooms. */
@Injectable()
export class RoomOccupancy {
  constructor(@Inject(PRESENCE) private readonly presence: Presence) {}

  /** @returns null while presence is unavailable, so that rooms can be listed without it */
  async count(room: string): Promise<number | null> {
    try {
      return this.presence.available ? await this.presence.count(room as RoomId) : null;
    } catch (error) {
      if (error instanceof PresenceUnavailable) return null;
      throw error;
    }
  }

  /** @throws PresenceUnavailable */
  async participants(room: RoomId): Promise<ParticipantsResponse> {
    const { epoch, version, members } = await this.presence.snapshot(room);
    // Where a peer is attached is not for clients.
    const participants = members.map(({ node: _, connection: __, ...participant }) => participant);
    return { epoch, version, participants };
  }
}
