import { MicOffIcon } from '../ui/icons.js';
import type { CallActions } from './actions.js';
import type { Call } from './call.js';
import { KnockBanner } from './knocks.js';

/** How the call stands with the service, when not simply well. */
const LinkBanner = ({ call }: { call: Call }) => {
  switch (call.link.value) {
    case 'lost':
      return (
        <div class="banner" role="status" data-testid="banner" data-state="reconnecting">
          <div class="spinner" />
          <span>Connection lost. Reconnecting by itself; your call goes on meanwhile.</span>
        </div>
      );
    case 'back':
      return (
        <div class="banner good" role="status" data-testid="banner" data-state="back">
          You are connected again.
        </div>
      );
    default:
      return null;
  }
};

/** Said for as long as it is so: otherwise one talks into the void. */
const MediaRevoked = ({ call }: { call: Call }) =>
  call.controls.permissions.value.publish ? null : (
    <div class="banner media-revoked" role="status" data-testid="banner-media-revoked">
      <MicOffIcon />
      <span>You are off the air: somebody who runs the room has taken your voice and picture.</span>
    </div>
  );

/** Lies over the top of the stage. */
export const Banners = ({ actions }: { actions: CallActions }) => (
  <div class="banner-area">
    <LinkBanner call={actions.call} />
    <MediaRevoked call={actions.call} />
    <KnockBanner actions={actions} />
    {actions.call.blocked.value.length > 0 && (
      <div class="banner" role="status" data-testid="banner-sound">
        <span class="grow">The browser holds the sound back.</span>
        <button type="button" class="button" onClick={() => actions.call.unblock()}>
          Turn it on
        </button>
      </div>
    )}
  </div>
);
