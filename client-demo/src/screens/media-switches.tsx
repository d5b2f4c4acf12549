import type { LocalMedia } from '../call/local-media.js';
import { CameraIcon, CameraOffIcon, MicIcon, MicOffIcon } from '../ui/icons.js';

/** The two switches over the preview. */
export const MediaSwitches = ({ media }: { media: LocalMedia }) => {
  const mic = media.mic.on.value;
  const camera = media.camera.on.value;
  return (
    <div class="preview-bar">
      <button
        type="button"
        class={`control ${mic ? '' : 'off'}`}
        aria-pressed={mic}
        aria-label="Microphone"
        title={mic ? 'Switch the microphone off' : 'Switch the microphone on'}
        data-testid="device-mic"
        onClick={() => media.mic.set(!mic)}
      >
        {mic ? <MicIcon /> : <MicOffIcon />}
      </button>
      <button
        type="button"
        class={`control ${camera ? '' : 'off'}`}
        aria-pressed={camera}
        aria-label="Camera"
        title={camera ? 'Switch the camera off' : 'Switch the camera on'}
        data-testid="device-camera"
        onClick={() => media.camera.set(!camera)}
      >
        {camera ? <CameraIcon /> : <CameraOffIcon />}
      </button>
    </div>
  );
};
