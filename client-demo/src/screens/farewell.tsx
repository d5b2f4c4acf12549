import type { RoomPreview } from '../api/rest.js';
import { goTo } from '../state/route.js';
import { forget } from '../state/session.js';
import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { TopBar } from './welcome.js';

/** Shown to a guest who left: a guest has no room list to return to. */
export const Farewell = ({ room, onRejoin }: { room: RoomPreview; onRejoin: () => void }) => (
  <>
    <TopBar />
    <main class="middle" id="main">
      <div class="middle-card" data-testid="farewell">
        <Hoist name="BYE" count={3} />
        <ScreenTitle page="You left">You left {room.name}</ScreenTitle>
        <p>With an account you can create rooms and invite others.</p>
        <div class="row centre">
          <button type="button" class="button" onClick={onRejoin}>
            Join again
          </button>
          <button type="button" class="button quiet" onClick={() => leaveAsGuest()}>
            Create an account
          </button>
        </div>
      </div>
    </main>
  </>
);

/** Ends the guest's sign-in and shows the sign-in forms. */
export const leaveAsGuest = () => {
  forget();
  goTo('#/');
};
