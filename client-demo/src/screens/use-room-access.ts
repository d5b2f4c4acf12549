import { useCallback, useEffect, useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import { readRoom } from '../api/rest.js';
import { freshToken, withToken } from '../state/session.js';

/** Whether this user can join a room: directly, after waiting in the lobby, or not at all. */
export type RoomAccessState =
  | { readonly state: 'loading' | 'open' | 'lobby' }
  | {
      readonly state: 'refused';
      /** Why. */
      readonly code: string;
    };

/** Refusals that are shown before the device check. The join reports any other one. */
const REFUSALS: ReadonlySet<string> = new Set(['banned', 'guests_not_allowed', 'room_locked', 'invite_required']);

const accessCodeOf = async (room: string): Promise<string | undefined> => {
  const ask = () =>
    withToken((token) => readRoom(token, room)).then(
      () => undefined,
      (error) => codeOf(error),
    );
  const code = await ask();
  if (code !== 'removed') return code;
  // The token may have been issued before the removal: try once more with a new one.
  await freshToken().catch(() => undefined);
  return ask();
};

/** Finds out whether this user can join directly, must wait in the lobby, or cannot join. */
export const useRoomAccess = (
  room: string,
  invite: string | undefined,
): RoomAccessState & { readonly refresh: () => Promise<void> } => {
  const [access, setAccess] = useState<RoomAccessState>({ state: 'loading' });
  const refresh = useCallback(async () => {
    const code = await accessCodeOf(room);
    // An invite may admit the user; the join checks whether it is still valid.
    const opened = invite !== undefined && (code === 'invite_required' || code === 'admission_required');
    if (code === undefined || opened) setAccess({ state: 'open' });
    else if (code === 'admission_required') setAccess({ state: 'lobby' });
    else setAccess(REFUSALS.has(code) ? { state: 'refused', code } : { state: 'open' });
  }, [room, invite]);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  return { ...access, refresh };
};
