import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { copyLink } from '../ui/copy.js';
import { LinkIcon } from '../ui/icons.js';
import type { Call } from './call.js';
import { type Corner, nextCorner } from './pair.js';
import type { Person } from './person.js';
import { ScreenTile, Tile } from './tile.js';
import { type Places, usePlaces } from './tile-places.js';

/** The aspect ratio of most cameras, used until the real one is known. */
const USUAL_SHAPE = 16 / 9;

const placesFor = (call: Call, people: readonly Person[], sharing: boolean, corner: Corner): Places => {
  if (sharing) return { as: 'strip' };
  const other = people.find(({ self }) => !self);
  if (people.length !== 2 || !other) return { as: 'grid', count: people.length };
  const shape = call.remotes.value.get(other.peer)?.shape.value;
  return {
    as: 'pair',
    other: (other.video && shape) || USUAL_SHAPE,
    self: (call.media.camera.track.value && call.media.camera.shape.value) || USUAL_SHAPE,
    corner,
  };
};

const CLASSES: Readonly<Record<Places['as'], string>> = { grid: 'tiles', pair: 'tiles pair', strip: 'strip' };

/**
 * The tiles of the call: a grid; in a call of two, the other participant large and the self-view in a corner; during
 * screen sharing, the screen large and everyone in a strip. The elements stay the same throughout, so no video stops.
 */
export const Stage = (props: { call: Call; numbers: boolean; link: string; banners: ComponentChildren }) => {
  const { call, numbers, link } = props;
  const [corner, setCorner] = useState<Corner>('bottom-right');
  const people = call.people.value;
  const sharing = people.filter((person) => (person.self ? call.outgoing.screen.value : person.screen));
  const places = placesFor(call, people, sharing.length > 0, corner);
  const ref = usePlaces(places);
  const onMove = places.as === 'pair' ? () => setCorner(nextCorner) : undefined;
  return (
    <main class={`stage ${places.as === 'strip' ? 'spot' : ''}`} id="main">
      {props.banners}
      {sharing.length > 0 && (
        <div class="screens">
          {sharing.map((person) => (
            <ScreenTile key={person.peer} call={call} person={person} />
          ))}
        </div>
      )}
      <ul
        ref={ref}
        class={CLASSES[places.as]}
        aria-label="People in the call"
        data-corner={places.as === 'pair' ? corner : undefined}
      >
        {people.map((person) => (
          <Tile
            key={person.peer}
            call={call}
            person={person}
            numbers={numbers}
            onMove={person.self ? onMove : undefined}
          />
        ))}
      </ul>
      {people.length === 1 && (
        <div class="alone">
          <span>{call.met.value ? 'Everyone else has left.' : 'No one else is here yet.'}</span>
          <button type="button" class="button" onClick={() => copyLink(link)}>
            <LinkIcon />
            Copy the link
          </button>
        </div>
      )}
    </main>
  );
};
