import { useState } from 'preact/hooks';
import { type AssignableRole, createInvite, type Invite, listInvites, revokeInvite } from '../api/moderation.js';
import { codeOf } from '../api/problem.js';
import { announce } from '../state/notices.js';
import { useReading } from '../state/reading.js';
import { inviteLink } from '../state/route.js';
import { withToken } from '../state/session.js';
import { IconButton } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { CheckIcon, LinkIcon, TrashIcon } from '../ui/icons.js';
import { Problem } from '../ui/problem.js';
import { Select } from '../ui/select.js';
import { useSubmit } from '../ui/submit.js';
import type { Call } from './call.js';
import { DURATIONS, inviteWords, USES } from './invite-words.js';

const ROLES: readonly (readonly [words: string, role: AssignableRole])[] = [
  ['members', 'member'],
  ['moderators', 'moderator'],
];
const [ONE_PERSON, A_WEEK] = [0, 2];

const ACCESS_NOTES = {
  open: 'Anyone with the room’s link can join. An invite makes them members.',
  invite: 'Only members and people with an invite can join this room.',
  lobby: 'People with an invite join without waiting in the lobby.',
} as const;

/** The new link. It is shown once, because the server does not store the token. */
const NewLink = ({ link }: { link: string }) => {
  const [copied, setCopied] = useState(false);
  return (
    <div class="new-link" role="status">
      <input
        class="input"
        readOnly
        aria-label="Invite link"
        value={link}
        data-testid="invite-link"
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        type="button"
        class="button"
        data-testid="invite-copy"
        onClick={async () => setCopied(await copyText(link))}
      >
        {copied ? <CheckIcon /> : <LinkIcon />}
        {copied ? 'Copied' : 'Copy'}
      </button>
      <p class="hint">Copy it now: it is shown only once.</p>
    </div>
  );
};

const CurrentInvites = ({ invites, onRevoke }: { invites: readonly Invite[]; onRevoke: (invite: Invite) => void }) => (
  <section aria-label="Active invites">
    <h3>Active invites</h3>
    <ul class="sheet-list">
      {invites.map((invite) => (
        <li key={invite.id} class="row invite" data-testid="invite">
          <span class="grow">{inviteWords(invite, Date.now())}</span>
          <IconButton label="Revoke this invite" class="bad" testid="invite-revoke" onClick={() => onRevoke(invite)}>
            <TrashIcon />
          </IconButton>
        </li>
      ))}
    </ul>
  </section>
);

/** Creates, lists and revokes invite links. */
export const Invites = ({ call, onClose }: { call: Call; onClose: () => void }) => {
  const { roomId, controls } = call;
  const { value: invites, code: unread, again } = useReading((token) => listInvites(token, roomId));
  const [uses, setUses] = useState(ONE_PERSON);
  const [duration, setDuration] = useState(A_WEEK);
  const [role, setRole] = useState(0);
  const [link, setLink] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const { busy, code, onSubmit } = useSubmit(async () => {
    const terms = {
      role: ROLES[role]?.[1] ?? 'member',
      uses: USES[uses]?.[1] ?? null,
      expiresInSeconds: DURATIONS[duration]?.[1] ?? null,
    };
    const made = await withToken((token) => createInvite(token, roomId, terms));
    setLink(inviteLink(roomId, made.token));
    announce('The invite is created. Copy its link.');
    await again();
  }, true);
  const revoke = async (invite: Invite) => {
    setProblem(undefined);
    try {
      await withToken((token) => revokeInvite(token, roomId, invite.id));
      announce('The invite is revoked.');
    } catch (error) {
      // Used up or expired meanwhile: it needs no revocation.
      if (codeOf(error) !== 'not_found') setProblem(codeOf(error));
    }
    await again();
  };
  return (
    <Dialog title="Invite people" onClose={onClose} testid="invites">
      <p class="soft">{ACCESS_NOTES[controls.info.value?.access ?? 'open']}</p>
      <form class="form" onSubmit={onSubmit}>
        <div class="pair-of-fields">
          <Select label="Valid for" testid="invite-uses" options={USES} value={uses} onValue={setUses} />
          <Select label="Expiry" testid="invite-duration" options={DURATIONS} value={duration} onValue={setDuration} />
        </div>
        {controls.role.value === 'owner' && (
          <Select label="They join as" testid="invite-role" options={ROLES} value={role} onValue={setRole} />
        )}
        {code && <Problem code={code === 'conflict' ? 'too_many_invites' : code} />}
        <button type="submit" class="button wide" data-testid="invite-make" disabled={busy}>
          {busy ? 'Creating the link…' : link ? 'Create another link' : 'Create an invite link'}
        </button>
      </form>
      {link && <NewLink key={link} link={link} />}
      {problem && <Problem code={problem} />}
      {unread && <Problem code={unread} onNext={() => again()} />}
      {invites && invites.length > 0 && <CurrentInvites invites={invites} onRevoke={(invite) => void revoke(invite)} />}
    </Dialog>
  );
};
