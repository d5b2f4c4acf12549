import { useEffect, useMemo, useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import type { RoomSummary, Account as User } from '../api/rest.js';
import { notifyProblem } from '../call/notify-problem.js';
import { notify } from '../state/notices.js';
import { RoomList } from '../state/rooms.js';
import { goTo, roomHash, roomLink } from '../state/route.js';
import { logOut } from '../state/session.js';
import { IconButton } from '../ui/button.js';
import { copyLink } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { Avatar, Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { ExitIcon, LinkIcon, LockIcon, PlusIcon, SearchIcon, TrashIcon } from '../ui/icons.js';
import { Problem } from '../ui/problem.js';
import { spanWords } from '../ui/spans.js';
import { Account } from './account.js';
import { CreateRoom } from './create-room.js';
import { TopBar } from './welcome.js';

const SEARCH_PAUSE_MS = 250;
const REREAD_MS = 15_000;

const people = (count: number) => (count === 0 ? 'Empty' : count === 1 ? '1 person here' : `${count} people here`);

const ACCESS_NOTES: Readonly<Record<RoomSummary['access'], string>> = {
  open: '',
  lobby: 'Lobby',
  invite: 'Invite only',
};

const RoomRow = (props: { room: RoomSummary; own: boolean; onDelete: () => void }) => {
  const { room, own } = props;
  const here = room.participants ?? 0;
  return (
    <li class="card room" data-testid="room-item" data-room={room.id}>
      <Hoist name={room.name} count={3} />
      <div class="grow">
        <h2 class="cut">{room.name}</h2>
        <p class="room-details">
          <span class={`live ${here > 0 ? 'on' : ''}`}>{people(here)}</span>
          {room.locked && (
            <span class="locked">
              <LockIcon />
              Locked
            </span>
          )}
          {ACCESS_NOTES[room.access] && <span>{ACCESS_NOTES[room.access]}</span>}
          {room.guestsAllowed && <span>Guests allowed</span>}
          {room.endsAt && <span>Ends in {spanWords(Date.parse(room.endsAt) - Date.now())}</span>}
          {own && <span>Yours</span>}
        </p>
      </div>
      <div class="row room-actions">
        <IconButton
          label={`Copy the link of ${room.name}`}
          testid="room-copy"
          onClick={() => copyLink(roomLink(room.id))}
        >
          <LinkIcon />
        </IconButton>
        {own && (
          <IconButton label={`Delete ${room.name}`} class="bad" testid="room-delete" onClick={props.onDelete}>
            <TrashIcon />
          </IconButton>
        )}
        <a
          class={`button ${here > 0 ? '' : 'quiet'}`}
          href={roomHash(room.id)}
          data-testid="room-open"
          aria-label={`Open ${room.name}`}
        >
          Open
        </a>
      </div>
    </li>
  );
};

const DeleteRoom = (props: { room: RoomSummary; list: RoomList; onClose: () => void }) => {
  const remove = async () => {
    props.onClose();
    try {
      await props.list.remove(props.room);
      notify(`${props.room.name} is deleted.`);
    } catch (error) {
      notifyProblem(codeOf(error));
    }
  };
  return (
    <Dialog title={`Delete ${props.room.name}?`} onClose={props.onClose}>
      <p class="soft">All participants are removed, and its chat is deleted permanently. The link stops working.</p>
      <div class="row">
        <button type="button" class="button danger" data-testid="room-delete-confirm" onClick={remove}>
          Delete the room
        </button>
        <button type="button" class="button quiet" onClick={props.onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
};

const Empty = ({ search, onCreate }: { search: string; onCreate: () => void }) => (
  <div class="card empty" data-testid="rooms-empty">
    <Hoist name={search || 'Hello'} count={5} />
    {search ? (
      <>
        <h2>No rooms found for “{search}”</h2>
        <p class="soft">Try a shorter search, or create a room.</p>
      </>
    ) : (
      <>
        <h2>No rooms yet</h2>
        <p class="soft">Create the first one and share its link.</p>
      </>
    )}
    <button type="button" class="button" onClick={onCreate}>
      <PlusIcon />
      New room
    </button>
  </div>
);

/** The room list: search, create, share and delete rooms. */
export const Rooms = ({ user }: { user: User }) => {
  const list = useMemo(() => new RoomList(), []);
  const [creating, setCreating] = useState(false);
  const [account, setAccount] = useState(false);
  const [deleting, setDeleting] = useState<RoomSummary>();
  const search = list.search.value;

  useEffect(() => {
    const wait = setTimeout(() => list.load(), list.loaded.peek() ? SEARCH_PAUSE_MS : 0);
    return () => clearTimeout(wait);
  }, [list, search]);
  useEffect(() => {
    const again = setInterval(() => {
      const idle = !document.hidden && !list.busy.peek() && list.rooms.peek().length <= 20;
      if (idle) list.load();
    }, REREAD_MS);
    return () => {
      clearInterval(again);
      list.close();
    };
  }, [list]);

  const rooms = list.rooms.value;
  const problem = list.problem.value;
  return (
    <>
      <TopBar>
        <button
          type="button"
          class="account-button"
          aria-label={`Your account, ${user.displayName}`}
          title="Your account"
          data-testid="account-open"
          onClick={() => setAccount(true)}
        >
          <Avatar name={user.displayName} />
          <span class="hide-narrow cut" data-testid="user-name">
            {user.displayName}
          </span>
        </button>
        <IconButton label="Log out" testid="logout" onClick={() => logOut()}>
          <ExitIcon />
        </IconButton>
      </TopBar>
      <main class="page" id="main" data-testid="room-list">
        <div class="rooms-head">
          <div class="grow">
            <ScreenTitle page="Rooms">Rooms</ScreenTitle>
            <p class="soft">Open a room to check your camera first. No one sees you before you join.</p>
          </div>
          <button type="button" class="button" data-testid="room-create" onClick={() => setCreating(true)}>
            <PlusIcon />
            New room
          </button>
        </div>
        <div class="search">
          <SearchIcon />
          <input
            class="input"
            type="search"
            aria-label="Search rooms"
            placeholder="Search rooms"
            maxLength={100}
            value={search}
            data-testid="room-search"
            onInput={(event) => {
              list.search.value = event.currentTarget.value;
            }}
          />
        </div>
        {problem && <Problem code={problem} onNext={() => list.load()} />}
        {rooms.length > 0 && (
          <ul class="rooms" aria-label="Rooms" aria-busy={list.busy.value}>
            {rooms.map((room) => (
              <RoomRow key={room.id} room={room} own={room.owner === user.id} onDelete={() => setDeleting(room)} />
            ))}
          </ul>
        )}
        {rooms.length === 0 && list.loaded.value && !problem && (
          <Empty search={search.trim()} onCreate={() => setCreating(true)} />
        )}
        {!list.loaded.value && !problem && (
          <div class="empty" role="status">
            <div class="spinner" />
            <span class="sr">Loading the rooms</span>
          </div>
        )}
        {list.more.value && (
          <div class="more">
            <button
              type="button"
              class="button quiet"
              data-testid="rooms-more"
              disabled={list.busy.value}
              onClick={() => list.loadMore()}
            >
              {list.busy.value ? 'Loading…' : 'Show more rooms'}
            </button>
          </div>
        )}
      </main>
      {account && <Account user={user} onClose={() => setAccount(false)} />}
      {creating && <CreateRoom onClose={() => setCreating(false)} onCreated={(room) => goTo(roomHash(room.id))} />}
      {deleting && <DeleteRoom room={deleting} list={list} onClose={() => setDeleting(undefined)} />}
    </>
  );
};
