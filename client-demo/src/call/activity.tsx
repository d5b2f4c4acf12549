import { useState } from 'preact/hooks';
import { type ActivityLine, readActivity } from '../api/moderation.js';
import { codeOf } from '../api/problem.js';
import { type Page, readUser } from '../api/rest.js';
import { useReading } from '../state/reading.js';
import { withToken } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Problem } from '../ui/problem.js';
import { When } from '../ui/when.js';
import { activityWords } from './activity-words.js';
import type { RoomControls } from './room-controls.js';

/** Entries that the dialog loads; REST has the rest. */
const MAX_LINES = 500;

/** Reads the names of accounts that are not in the room. The server stores no names of guests. */
const learnNames = async (controls: RoomControls, lines: readonly ActivityLine[]): Promise<void> => {
  const users = new Set(lines.flatMap(({ actor, target }) => [actor, target]));
  const unknown = [...users].filter((user) => user?.startsWith('u_') && controls.nameOf(user) === undefined);
  await Promise.all(
    unknown.map(async (user) => {
      const found = await withToken((token) => readUser(token, user as string)).catch(() => undefined);
      controls.learn(user as string, found?.displayName ?? 'A deleted user');
    }),
  );
};

/** The room's audit log, newest first. For its owner. */
export const Activity = ({
  room,
  controls,
  onClose,
}: {
  room: string;
  controls: RoomControls;
  onClose: () => void;
}) => {
  const [older, setOlder] = useState<Page<ActivityLine>>();
  const [problem, setProblem] = useState<string>();
  const read = async (token: string, cursor?: string) => {
    const page = await readActivity(token, room, cursor);
    await learnNames(controls, page.items);
    return page;
  };
  const { value: newest, code, again } = useReading((token) => read(token));
  const lines = [...(newest?.items ?? []), ...(older?.items ?? [])];
  const next = (older ?? newest)?.nextCursor ?? null;
  const more = async () => {
    setProblem(undefined);
    try {
      const page = await withToken((token) => read(token, next ?? undefined));
      setOlder({ items: [...(older?.items ?? []), ...page.items], nextCursor: page.nextCursor });
    } catch (error) {
      setProblem(codeOf(error));
    }
  };
  const nameOf = (user: string) => controls.nameOf(user) ?? 'A guest';
  return (
    <Dialog title="Activity" onClose={onClose} testid="activity">
      {code && <Problem code={code} onNext={() => again()} />}
      {newest && lines.length === 0 && (
        <p class="soft">No activity yet. Admissions, mute requests, removals and bans are listed here.</p>
      )}
      {lines.length > 0 && (
        <ol class="audit-log">
          {lines.map((line) => (
            <li key={line.id} data-testid="activity-line" data-action={line.action}>
              <When at={Date.parse(line.at)} />
              <span>{activityWords(line, nameOf)}</span>
            </li>
          ))}
        </ol>
      )}
      {problem && <Problem code={problem} onNext={() => more()} />}
      {next && lines.length < MAX_LINES && (
        <button type="button" class="button quiet wide" data-testid="activity-more" onClick={more}>
          Show older
        </button>
      )}
      {!newest && !code && <div class="spinner" role="status" aria-label="Loading the activity" />}
    </Dialog>
  );
};
