import { signal } from '@preact/signals';

/** The current screen. Routes are behind `#`, so the server serves a single page. */
export type Route =
  | { readonly screen: 'rooms' | 'not_found' }
  | { readonly screen: 'room'; readonly room: string; readonly invite?: string };

const ROOM = /^#\/(?:rooms?|r)\/([A-Za-z0-9_-]{1,64})\/?(?:\?invite=([A-Za-z0-9_-]{43}))?$/;

const ROOM_LIST = /^#?\/?(?:rooms?\/?)?$/;

/** The route of a location's hash. */
export const parseRoute = (hash: string): Route => {
  const [, room, invite] = ROOM.exec(hash) ?? [];
  if (room) return { screen: 'room', room, ...(invite && { invite }) };
  return { screen: ROOM_LIST.test(hash) ? 'rooms' : 'not_found' };
};

/** The hash of a room. */
export const roomHash = (room: string): string => `#/rooms/${room}`;

/** The shareable link of a room, without a token or a name. */
export const roomLink = (room: string): string => `${location.origin}/${roomHash(room)}`;

/** An invite link. The token is behind the `#`, so no server and no log sees it. */
export const inviteLink = (room: string, invite: string): string => `${roomLink(room)}?invite=${invite}`;

/** Removes a used invite from the URL and from the history. */
export const dropInvite = (room: string): void => {
  if (location.hash.includes('?invite=')) history.replaceState(null, '', roomHash(room));
};

export const route = signal<Route>({ screen: 'rooms' });

/** Follows the address bar. */
export const startRouting = (): void => {
  const follow = () => {
    route.value = parseRoute(location.hash);
  };
  addEventListener('hashchange', follow);
  follow();
};

export const goTo = (hash: string): void => {
  location.hash = hash;
};
