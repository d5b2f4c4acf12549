import { useState } from 'preact/hooks';
import { type Ban, liftBan, listBans } from '../api/moderation.js';
import { codeOf } from '../api/problem.js';
import { announce } from '../state/notices.js';
import { useReading } from '../state/reading.js';
import { withToken } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Avatar } from '../ui/flag.js';
import { Problem } from '../ui/problem.js';

/** The demo prefixes the reason with the name; another application may write anything, or nothing. */
const wordsOf = ({ reason, user }: Ban): { name: string; why: string } => {
  const [name = '', ...why] = (reason ?? '').split(' — ');
  return { name: name || (user.startsWith('g_') ? 'A guest' : 'A user'), why: why.join(' — ') };
};

const day = (iso: string) => new Date(iso).toLocaleDateString(undefined, { dateStyle: 'medium' });

/** The list of banned users, each with a button to unban. */
export const Bans = ({ room, onClose }: { room: string; onClose: () => void }) => {
  const { value: bans, code, again } = useReading((token) => listBans(token, room));
  const [problem, setProblem] = useState<string>();
  const lift = async (ban: Ban) => {
    setProblem(undefined);
    try {
      await withToken((token) => liftBan(token, room, ban.user));
      announce(`${wordsOf(ban).name} is unbanned.`);
    } catch (error) {
      // Another moderator has lifted it already.
      if (codeOf(error) !== 'not_found') setProblem(codeOf(error));
    }
    await again();
  };
  return (
    <Dialog title="Banned from this room" onClose={onClose} testid="bans">
      {code && <Problem code={code} onNext={() => again()} />}
      {problem && <Problem code={problem} />}
      {bans?.length === 0 && (
        <p class="soft">No one is banned. Users that you ban are listed here and can be unbanned.</p>
      )}
      {bans && bans.length > 0 && (
        <ul class="sheet-list">
          {bans.map((ban) => {
            const { name, why } = wordsOf(ban);
            return (
              <li key={ban.user} class="person" data-testid="ban" data-user={ban.user}>
                <Avatar name={name} />
                <div class="grow">
                  <div class="cut">{name}</div>
                  <div class="hint">{[why, `since ${day(ban.createdAt)}`].filter(Boolean).join(' · ')}</div>
                </div>
                <button
                  type="button"
                  class="button small quiet"
                  data-testid="ban-lift"
                  aria-label={`Unban ${name}`}
                  onClick={() => lift(ban)}
                >
                  Unban
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {!bans && !code && <div class="spinner" role="status" aria-label="Loading the bans" />}
    </Dialog>
  );
};
