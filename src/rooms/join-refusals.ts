/** Codes of refusals to a user who could otherwise join the room. */
export const JOIN_REFUSALS = ['banned', 'removed', 'invite_required', 'admission_required', 'room_locked'] as const;
