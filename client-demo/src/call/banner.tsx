import type { Call } from './call.js';

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

/** Lies over the top of the stage. */
export const Banners = ({ call }: { call: Call }) => (
  <div class="banner-place">
    <LinkBanner call={call} />
    {call.blocked.value.length > 0 && (
      <div class="banner" role="status" data-testid="banner-sound">
        <span class="grow">The browser holds the sound back.</span>
        <button type="button" class="button" onClick={() => call.unblock()}>
          Turn it on
        </button>
      </div>
    )}
  </div>
);
