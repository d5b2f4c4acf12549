import { AuditLogIcon, BanIcon, InviteIcon, LockIcon } from '../ui/icons.js';
import { Switch } from '../ui/switch.js';
import type { CallActions } from './actions.js';
import { KnockList } from './knocks.js';
import { PanelFrame } from './panel-frame.js';
import { PersonRow } from './person-row.js';

/** The tools of moderators: the lock, invites, bans and, for the owner, the audit log. */
const RoomTools = ({ actions }: { actions: CallActions }) => {
  const { controls } = actions.call;
  const locked = controls.info.value?.locked === true;
  const open = (overlay: 'invites' | 'bans' | 'activity') => () => {
    actions.overlay.value = overlay;
  };
  return (
    <div class="room-tools" data-testid="room-tools">
      <Switch
        label="Lock the room"
        hint={locked ? 'No new participants can join' : 'New participants can join'}
        on={locked}
        testid="lock-toggle"
        onChange={(wanted) => void controls.setLocked(wanted)}
      >
        <LockIcon />
      </Switch>
      <div class="row">
        <button type="button" class="button quiet small grow" data-testid="invites-open" onClick={open('invites')}>
          <InviteIcon /> Invite
        </button>
        <button type="button" class="button quiet small grow" data-testid="bans-open" onClick={open('bans')}>
          <BanIcon /> Banned
        </button>
        {controls.role.value === 'owner' && (
          <button type="button" class="button quiet small grow" data-testid="activity-open" onClick={open('activity')}>
            <AuditLogIcon /> Activity
          </button>
        )}
      </div>
    </div>
  );
};

/** Every participant, with the devices that are on; for moderators also the lobby. */
export const PeoplePanel = ({ actions, onClose }: { actions: CallActions; onClose: () => void }) => {
  const { call } = actions;
  return (
    <PanelFrame title={`People (${call.people.value.length})`} onClose={onClose} testid="people-panel">
      <div class="people-scroll">
        {call.controls.runs && <RoomTools actions={actions} />}
        <KnockList controls={call.controls} />
        <ul class="people" aria-label="People in the call">
          {call.people.value.map((person) => (
            <PersonRow key={person.peer} person={person} actions={actions} />
          ))}
        </ul>
      </div>
    </PanelFrame>
  );
};
