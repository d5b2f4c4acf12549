import { useId } from 'preact/hooks';
import type { DeviceKind, LocalMedia } from './local-media.js';

const NAMES: Readonly<Record<DeviceKind, string>> = {
  videoinput: 'Camera',
  audioinput: 'Microphone',
  audiooutput: 'Speaker',
};

const canChooseSpeaker = typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;

const DeviceField = ({ media, kind }: { media: LocalMedia; kind: DeviceKind }) => {
  const id = useId();
  const devices = media.devices.value.filter((device) => device.kind === kind);
  const track =
    kind === 'audioinput' ? media.mic.track.value : kind === 'videoinput' ? media.camera.track.value : undefined;
  const wanted = track?.getSettings().deviceId ?? media.chosen.value[kind] ?? '';
  const value = devices.some(({ deviceId }) => deviceId === wanted) ? wanted : (devices[0]?.deviceId ?? '');
  const none = kind === 'audiooutput' ? 'System default' : 'Not available';
  return (
    <div class="field">
      <label for={id}>{NAMES[kind]}</label>
      <select
        id={id}
        class="input"
        data-testid={`device-${kind}`}
        disabled={devices.length === 0}
        value={value}
        onChange={(event) => media.choose(kind, event.currentTarget.value)}
      >
        {devices.length === 0 && <option value="">{none}</option>}
        {devices.map(({ deviceId, label }, at) => (
          <option key={deviceId} value={deviceId}>
            {label || `${NAMES[kind]} ${at + 1}`}
          </option>
        ))}
      </select>
    </div>
  );
};

/** Selects the camera, the microphone and, where the browser allows it, the speaker. */
export const DeviceFields = ({ media }: { media: LocalMedia }) => (
  <>
    <DeviceField media={media} kind="videoinput" />
    <DeviceField media={media} kind="audioinput" />
    {canChooseSpeaker && <DeviceField media={media} kind="audiooutput" />}
  </>
);
