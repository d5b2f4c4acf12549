import type { LocalMedia } from '../call/local-media.js';
import { CameraIcon, CameraOffIcon, MicIcon, MicOffIcon } from '../ui/icons.js';

/** The microphone and camera buttons over the preview. */
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
        title={mic ? 'Turn off the microphone' : 'Turn on the microphone'}
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
        title={camera ? 'Turn off the camera' : 'Turn on the camera'}
        data-testid="device-camera"
        onClick={() => media.camera.set(!camera)}
      >
        {camera ? <CameraIcon /> : <CameraOffIcon />}
      </button>
    </div>
  );
};
