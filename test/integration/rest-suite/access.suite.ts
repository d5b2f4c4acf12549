import { describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { TokenVerifier } from '../../../src/auth/principal.js';
import { RoomAccess } from '../../../src/rooms/room-access.js';
import type { World } from './world.js';

/** What the gateway asks of the same modules. */
export const accessSuite = (world: World): void => {
  const admit = async (who: { accessToken: string }, room: string) => {
    const principal = await world.rest.app.get(TokenVerifier).verify(who.accessToken);
    return world.rest.app.get(RoomAccess).admit(principal, room as RoomId);
  };

  describe('room access', () => {
    it('lets the owner, others and guests in, each as what they are, within the capacity', async () => {
      const owner = await world.account();
      const room = await world.room(owner, { capacity: 3 });
      expect(await admit(owner, room)).toMatchObject({ role: 'owner', capacity: 3 });
      expect(await admit(await world.account(), room)).toMatchObject({ role: 'member', capacity: 3 });
      expect(await admit(await world.guest(room), room)).toMatchObject({ role: 'guest', capacity: 3 });
    });

    it('hears of a change at once', async () => {
      const owner = await world.account();
      const room = await world.room(owner);
      const guest = await world.guest(room);
      expect(await admit(guest, room)).toMatchObject({ role: 'guest', capacity: 200 });
      await world.as(owner).patch(`/v1/rooms/${room}`, { guestsAllowed: false, capacity: 2 }, '"v1"').expect(200);
      await expect(admit(guest, room)).rejects.toMatchObject({ code: 'guests_not_allowed' });
      expect(await admit(owner, room)).toMatchObject({ role: 'owner', capacity: 2 });
      await world.as(owner).delete(`/v1/rooms/${room}`).expect(204);
      await expect(admit(owner, room)).rejects.toMatchObject({ code: 'room_not_found' });
    });

    it('makes a room that a grant names, for those with a grant alone', async () => {
      const room = world.uniqueName('team-');
      const stranger = await world.account();
      await expect(admit(stranger, room)).rejects.toMatchObject({ code: 'room_not_found' });
      const [byName, byPattern] = [
        world.external('out-1', { [room]: 'moderator' }),
        world.external('out-2', { 'team-*': 'member' }),
      ];
      expect(await admit(byPattern, room)).toMatchObject({ role: 'member', capacity: 200 });
      expect(await admit(byName, room)).toMatchObject({ role: 'moderator', capacity: 200 });
      await expect(admit(stranger, room)).rejects.toMatchObject({ code: 'room_not_found' });
      await world.http.get(`/v1/rooms/${room}/preview`).expect(404);
      await expect(admit(world.external('out-3', { other: 'owner' }), room)).rejects.toMatchObject({
        code: 'room_not_found',
      });
    });
  });
};
