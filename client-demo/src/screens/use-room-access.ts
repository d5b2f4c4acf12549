import { useCallback, useEffect, useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import { readRoom } from '../api/rest.js';
import { freshToken, withToken } from '../state/session.js';

/** How a room's door stands for the person at this page. */
export type RoomAccessState =
  | { readonly state: 'asking' | 'open' | 'knock' }
  | {
      readonly state: 'shut';
      /** Why. */
      readonly code: string;
    };

/** What a person should know before they look after their camera. Anything else the join itself tells. */
const SHUT: ReadonlySet<string> = new Set(['banned', 'guests_not_allowed', 'room_locked', 'invite_required']);

const accessCodeOf = async (room: string): Promise<string | undefined> => {
  const ask = () =>
    withToken((token) => readRoom(token, room)).then(
      () => undefined,
      (error) => codeOf(error),
    );
  const code = await ask();
  if (code !== 'removed') return code;
  // Of the token alone, perhaps: it is from before this person was put out.
  await freshToken().catch(() => undefined);
  return ask();
};

/** Finds out whether one comes straight in, must knock, or cannot come in at all. */
export const useRoomAccess = (
  room: string,
  invite: string | undefined,
): RoomAccessState & { readonly refresh: () => Promise<void> } => {
  const [access, setAccess] = useState<RoomAccessState>({ state: 'asking' });
  const refresh = useCallback(async () => {
    const code = await accessCodeOf(room);
    // An invite opens what would be shut; whether it still works, the join tells.
    const opened = invite !== undefined && (code === 'invite_required' || code === 'admission_required');
    if (code === undefined || opened) setAccess({ state: 'open' });
    else if (code === 'admission_required') setAccess({ state: 'knock' });
    else setAccess(SHUT.has(code) ? { state: 'shut', code } : { state: 'open' });
  }, [room, invite]);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  return { ...access, refresh };
};
