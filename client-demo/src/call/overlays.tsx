import { copyLink } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { DevicesIcon, HelpIcon, LinkIcon, PulseIcon, ScreenIcon } from '../ui/icons.js';
import { type CallActions, SHORTCUTS } from './actions.js';
import { Activity } from './activity.js';
import { Bans } from './bans.js';
import { DeviceFields } from './device-fields.js';
import { Invites } from './invites.js';
import { MicMeter } from './mic-meter.js';
import { canShareScreen } from './outgoing.js';

const Help = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Keyboard shortcuts" onClose={onClose} testid="help">
    <ul class="sheet-list">
      {SHORTCUTS.map(([key, what]) => (
        <li key={key} class="row">
          <span class="grow">{what}</span>
          <kbd>{key}</kbd>
        </li>
      ))}
    </ul>
    <p class="hint">Shortcuts work while you are not typing.</p>
  </Dialog>
);

const Devices = ({ actions, onClose }: { actions: CallActions; onClose: () => void }) => {
  const { media } = actions.call;
  return (
    <Dialog title="Devices" onClose={onClose} testid="devices">
      <DeviceFields media={media} />
      <div class="field">
        <span class="label">{media.mic.on.value ? 'Microphone level' : 'The microphone is off'}</span>
        <MicMeter track={media.mic.on.value ? media.mic.track.value : undefined} />
      </div>
    </Dialog>
  );
};

/** The actions that do not fit into the control bar of a phone. */
const More = ({ actions, link, onClose }: { actions: CallActions; link: string; onClose: () => void }) => {
  const sharing = actions.call.outgoing.screen.value !== undefined;
  const item = (icon: preact.ComponentChild, label: string, run: () => void, only?: string) => (
    <li class={only}>
      <button
        type="button"
        class="sheet-item wide"
        onClick={() => {
          onClose();
          run();
        }}
      >
        {icon}
        {label}
      </button>
    </li>
  );
  return (
    <Dialog title="More" onClose={onClose} testid="more">
      <ul class="sheet-list">
        {item(<LinkIcon />, 'Copy the link', () => copyLink(link))}
        {canShareScreen() &&
          item(<ScreenIcon />, sharing ? 'Stop sharing' : 'Share your screen', () => actions.press('s'))}
        {item(<DevicesIcon />, 'Devices', () => {
          actions.overlay.value = 'devices';
        })}
        {item(<PulseIcon />, actions.numbers.value ? 'Hide connection details' : 'Connection details', () =>
          actions.press('i'),
        )}
        {item(<HelpIcon />, 'Keyboard shortcuts', () => actions.press('?'), 'only-keys')}
      </ul>
    </Dialog>
  );
};

/** The one dialog that is open over a call, if any. */
export const Overlays = ({ actions, link }: { actions: CallActions; link: string }) => {
  const close = () => {
    actions.overlay.value = undefined;
  };
  switch (actions.overlay.value) {
    case 'help':
      return <Help onClose={close} />;
    case 'devices':
      return <Devices actions={actions} onClose={close} />;
    case 'invites':
      return <Invites call={actions.call} onClose={close} />;
    case 'bans':
      return <Bans room={actions.call.roomId} onClose={close} />;
    case 'activity':
      return <Activity room={actions.call.roomId} controls={actions.call.controls} onClose={close} />;
    case 'more':
      return <More actions={actions} link={link} onClose={close} />;
    default:
      return null;
  }
};
