import { ParleyError } from '../errors.js';
import type { Publication } from './publication.js';

/**
 * @internal Ask the user for a screen (W3C Screen Capture §5.1) and publish what is shown, with its sound if there is
 * any. All of it is unpublished when the user stops sharing.
 */
export const shareScreen = async (
  publish: (track: MediaStreamTrack, stream: MediaStream) => Publication,
  options?: DisplayMediaStreamOptions,
): Promise<Publication> => {
  const devices = globalThis.navigator?.mediaDevices;
  if (typeof devices?.getDisplayMedia !== 'function')
    throw new ParleyError('conflict', 'This browser cannot share a screen.');
  const stream = await devices.getDisplayMedia(options);
  const [video] = stream.getVideoTracks();
  if (!video) throw new ParleyError('conflict', 'The selected source has no video.');
  const screen = publish(video, stream);
  const sound = stream.getAudioTracks().map((track) => publish(track, stream));
  screen.onUnpublish(() => {
    for (const publication of sound) publication.unpublish();
    for (const track of stream.getTracks()) track.stop();
  });
  screen.on('ended', () => screen.unpublish());
  return screen;
};
