import { MicOffIcon } from '../ui/icons.js';
import type { CallActions } from './actions.js';
import type { Call } from './call.js';
import { KnockBanner } from './knocks.js';
import { OfferBanner } from './offer-banner.js';

/** Shows that the connection to the server is lost, or is back. */
const LinkBanner = ({ call }: { call: Call }) => {
  switch (call.link.value) {
    case 'lost':
      return (
        <div class="banner" role="status" data-testid="banner" data-state="reconnecting">
          <div class="spinner" />
          <span>Connection lost. Reconnecting automatically; your call continues meanwhile.</span>
        </div>
      );
    case 'back':
      return (
        <div class="banner good" role="status" data-testid="banner" data-state="back">
          You are reconnected.
        </div>
      );
    default:
      return null;
  }
};

/** Stays while the permission to publish is revoked, so that the user does not talk unheard. */
const MediaRevoked = ({ call }: { call: Call }) =>
  call.controls.permissions.value.publish ? null : (
    <div class="banner media-revoked" role="status" data-testid="banner-media-revoked">
      <MicOffIcon />
      <span>A moderator has turned off your mic and camera.</span>
    </div>
  );

/** The banners over the top of the stage. */
export const Banners = ({ actions }: { actions: CallActions }) => (
  <div class="banner-area">
    <LinkBanner call={actions.call} />
    <MediaRevoked call={actions.call} />
    <KnockBanner actions={actions} />
    <OfferBanner actions={actions} />
    {actions.call.blocked.value.length > 0 && (
      <div class="banner" role="status" data-testid="banner-sound">
        <span class="grow">The browser has blocked the sound.</span>
        <button type="button" class="button" onClick={() => actions.call.unblock()}>
          Play sound
        </button>
      </div>
    )}
  </div>
);
