import type { RoomPreview } from '../api/rest.js';
import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { Problem } from '../ui/problem.js';
import { Sea } from '../ui/sea.js';
import { EntryForms } from './entry-forms.js';
import { TopBar } from './welcome.js';

/** Shown to a user who opens a room's link without being signed in. */
export const RoomSignIn = ({ room, why }: { room: RoomPreview; why?: string | undefined }) => (
  <>
    <TopBar />
    <main class="welcome" id="main">
      <div class="pitch">
        <span class="signal">
          <Hoist name={room.name} count={5} />
        </span>
        <p class="soft">You are invited to</p>
        <ScreenTitle page={room.name}>{room.name}</ScreenTitle>
        <p>
          {room.guestsAllowed
            ? 'Enter your name to join. You check your camera first; no one sees you before you join.'
            : 'This room requires an account. Log in, or create one.'}
          {room.access === 'lobby' && ' You then wait in the lobby until a moderator admits you.'}
        </p>
      </div>
      <div class="form">
        {why && <Problem code={why} />}
        <EntryForms
          guestRoom={room.guestsAllowed ? room.id : undefined}
          first={room.guestsAllowed ? 'guest' : 'login'}
        />
      </div>
    </main>
    <Sea />
  </>
);
