import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { copyLink } from '../ui/copy.js';
import { LinkIcon } from '../ui/icons.js';
import type { Call } from './call.js';
import { layoutGrid } from './layout.js';
import type { Person } from './person.js';
import { ScreenTile, Tile } from './tile.js';

/** Below this a face is not seen; the stage scrolls instead. */
const LEAST_TILE = { width: 132, height: 96 };

/** Sizes the tiles to the room there is, now and whenever it changes. */
const useTileSize = (count: number) => {
  const ref = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const list = ref.current;
    if (!list) return;
    const fit = () => {
      const gap = Number.parseFloat(getComputedStyle(list).columnGap) || 12;
      const grid = layoutGrid(count, list.clientWidth, list.clientHeight, gap);
      list.style.setProperty('--tile-w', `${Math.max(LEAST_TILE.width, grid.tileWidth)}px`);
      list.style.setProperty('--tile-h', `${Math.max(LEAST_TILE.height, grid.tileHeight)}px`);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(list);
    fit();
    return () => observer.disconnect();
  }, [count]);
  return ref;
};

const Grid = ({ call, people, numbers }: { call: Call; people: readonly Person[]; numbers: boolean }) => {
  const ref = useTileSize(people.length);
  return (
    <ul ref={ref} class="tiles" aria-label="People in the call" data-count={people.length}>
      {people.map((person) => (
        <Tile key={person.peer} call={call} person={person} numbers={numbers} />
      ))}
    </ul>
  );
};

/** Everyone in equal tiles; when a screen is shared, it large and everyone in a strip beside it. */
export const Stage = (props: { call: Call; numbers: boolean; link: string; banners: ComponentChildren }) => {
  const { call, numbers, link } = props;
  const people = call.people.value;
  const sharing = people.filter((person) => (person.self ? call.outgoing.screen.value : person.screen));
  if (sharing.length > 0) {
    return (
      <main class="stage spot" id="main">
        {props.banners}
        <div class="screens">
          {sharing.map((person) => (
            <ScreenTile key={person.peer} call={call} person={person} />
          ))}
        </div>
        <ul class="strip" aria-label="People in the call">
          {people.map((person) => (
            <Tile key={person.peer} call={call} person={person} numbers={numbers} />
          ))}
        </ul>
      </main>
    );
  }
  return (
    <main class="stage" id="main">
      {props.banners}
      <Grid call={call} people={people} numbers={numbers} />
      {people.length === 1 && (
        <div class="alone">
          <span>Nobody else is here yet.</span>
          <button type="button" class="button" onClick={() => copyLink(link)}>
            <LinkIcon />
            Copy the link
          </button>
        </div>
      )}
    </main>
  );
};
