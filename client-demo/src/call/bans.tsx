import { useState } from 'preact/hooks';
import { type Ban, liftBan, listBans } from '../api/moderation.js';
import { codeOf } from '../api/problem.js';
import { announce } from '../state/notices.js';
import { useReading } from '../state/reading.js';
import { withToken } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';
import { Avatar } from '../ui/flag.js';
import { Problem } from '../ui/problem.js';

/** Our own bans begin with the name; another application's may say anything, or nothing. */
const wordsOf = ({ reason, user }: Ban): { name: string; why: string } => {
  const [name = '', ...why] = (reason ?? '').split(' — ');
  return { name: name || (user.startsWith('g_') ? 'A guest' : 'Somebody'), why: why.join(' — ') };
};

const day = (iso: string) => new Date(iso).toLocaleDateString(undefined, { dateStyle: 'medium' });

/** Who must stay out, and the button that lets them come again. */
export const Bans = ({ room, onClose }: { room: string; onClose: () => void }) => {
  const { value: bans, code, again } = useReading((token) => listBans(token, room));
  const [problem, setProblem] = useState<string>();
  const lift = async (ban: Ban) => {
    setProblem(undefined);
    try {
      await withToken((token) => liftBan(token, room, ban.user));
      announce(`The ban of ${wordsOf(ban).name} is lifted.`);
    } catch (error) {
      // Somebody else lifted it: what was wanted is so.
      if (codeOf(error) !== 'not_found') setProblem(codeOf(error));
    }
    await again();
  };
  return (
    <Dialog title="Banned from this room" onClose={onClose} testid="bans">
      {code && <Problem code={code} onNext={() => again()} />}
      {problem && <Problem code={problem} />}
      {bans?.length === 0 && <p class="soft">Nobody is banned. Whoever you ban stands here, and can be let back.</p>}
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
                  aria-label={`Lift the ban of ${name}`}
                  onClick={() => lift(ban)}
                >
                  Lift
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {!bans && !code && <div class="spinner" role="status" aria-label="Reading the bans" />}
    </Dialog>
  );
};
