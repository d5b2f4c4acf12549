import { Waiting } from './screens/failure.js';
import { NotFound } from './screens/not-found.js';
import { RoomScreen } from './screens/room-screen.js';
import { Rooms } from './screens/rooms.js';
import { Welcome } from './screens/welcome.js';
import { route } from './state/route.js';
import { session } from './state/session.js';
import { Notices } from './ui/notices.js';

const Screen = () => {
  const where = route.value;
  if (where.screen === 'room') return <RoomScreen key={where.room} id={where.room} invite={where.invite} />;
  if (where.screen === 'not_found') return <NotFound />;
  const now = session.value;
  if (now.status === 'starting') return <Waiting text="One moment…" />;
  // A guest is limited to one room and has no room list.
  if (now.status === 'in' && now.guestOf === undefined) return <Rooms user={now.user} />;
  return <Welcome why={now.status === 'out' ? now.why : undefined} />;
};

/** The whole application. */
export const App = () => (
  <>
    <button
      type="button"
      class="skip button"
      onClick={() => document.querySelector<HTMLElement>('#main button, #main input, #main a')?.focus()}
    >
      Skip to the content
    </button>
    <Screen />
    <Notices />
  </>
);
