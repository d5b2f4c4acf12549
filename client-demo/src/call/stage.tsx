import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { copyLink } from '../ui/copy.js';
import { LinkIcon } from '../ui/icons.js';
import type { Call } from './call.js';
import { type Corner, nextCorner } from './pair.js';
import type { Person } from './person.js';
import { ScreenTile, Tile } from './tile.js';
import { type Places, usePlaces } from './tile-places.js';

/** The shape of a picture that is not there: as most cameras have it. */
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
 * Everyone in equal tiles; of two the other large and oneself in a corner; when a screen is shared, it large and
 * everyone in a strip beside it. The list and its tiles stay the same elements throughout, so no picture stops.
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
          <span>{call.met.value ? 'Everyone else has left.' : 'Nobody else is here yet.'}</span>
          <button type="button" class="button" onClick={() => copyLink(link)}>
            <LinkIcon />
            Copy the link
          </button>
        </div>
      )}
    </main>
  );
};
