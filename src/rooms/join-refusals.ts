/** What keeps somebody out of a room that they would be let into otherwise. */
export const JOIN_REFUSALS = ['banned', 'removed', 'invite_required', 'admission_required', 'room_locked'] as const;
