import type { RoomPreview } from '../api/rest.js';
import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { Problem } from '../ui/problem.js';
import { Sea } from '../ui/sea.js';
import { EntryForms } from './entry-forms.js';
import { TopBar } from './welcome.js';

/** What someone sees who follows a room's link and is not signed in. */
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
            ? 'Say who you are and come in. You check your camera first; nobody sees you before you join.'
            : 'This room is for people with an account. Log in or make one; it takes a moment.'}
          {room.access === 'lobby' && ' Then you knock, and somebody inside lets you in.'}
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
