import { ParleyError } from '../errors.js';
import type { Publication } from './publication.js';

/** @internal What it needs of a room. */
export interface ScreenTarget {
  /** @throws ParleyError if nothing may be published now. */
  readonly check: () => void;
  /** @throws ParleyError if the track may not be published. */
  readonly publish: (track: MediaStreamTrack, stream: MediaStream) => Publication;
}

/** All tracks or none: the permission may be lost between two of them. */
const publishAll = (stream: MediaStream, publish: ScreenTarget['publish']): Publication[] => {
  const published: Publication[] = [];
  try {
    for (const track of [...stream.getVideoTracks(), ...stream.getAudioTracks()])
      published.push(publish(track, stream));
    return published;
  } catch (error) {
    for (const publication of published) publication.unpublish();
    throw error;
  }
};

/**
 * @internal Ask the user for a screen (W3C Screen Capture §5.1) and publish what is shown, with its sound if there is
 * any. All of it is unpublished when the user stops sharing. The room may be left, or the permission revoked, while the
 * user chooses: a capture that is not published is stopped.
 */
export const shareScreen = async (target: ScreenTarget, options?: DisplayMediaStreamOptions): Promise<Publication> => {
  const devices = globalThis.navigator?.mediaDevices;
  target.check();
  if (typeof devices?.getDisplayMedia !== 'function')
    throw new ParleyError(
      'conflict',
      globalThis.isSecureContext === false
        ? 'Browsers share a screen only on pages with https, and on localhost.'
        : 'This browser cannot share a screen.',
    );
  const stream = await devices.getDisplayMedia(options);
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    if (stream.getVideoTracks().length === 0) throw new ParleyError('conflict', 'The selected source has no video.');
    const [screen, ...sound] = publishAll(stream, target.publish) as [Publication, ...Publication[]];
    screen.onUnpublish(() => {
      for (const publication of sound) publication.unpublish();
      stop();
    });
    screen.on('ended', () => screen.unpublish());
    return screen;
  } catch (error) {
    stop();
    throw error;
  }
};
