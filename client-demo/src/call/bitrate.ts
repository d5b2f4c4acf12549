import type { Peer } from '@parley/client';

const TOTAL_UP_KBPS = 2_400;
const MAX_KBPS = 1_500;
const MIN_KBPS = 150;

/** Maximum bit rate of the camera per participant, in kilobits per second. */
export const cameraKbps = (others: number): number =>
  Math.round(Math.min(MAX_KBPS, Math.max(MIN_KBPS, TOTAL_UP_KBPS / Math.max(1, others))));

/** Factor by which the camera's picture is scaled down: more participants mean smaller tiles. */
export const cameraScale = (others: number): number => (others <= 1 ? 1 : others <= 3 ? 1.5 : 2);

/**
 * Divides the upstream among the participants of a full mesh, in which each gets a copy of the picture
 * (W3C WebRTC §5.2, RTCRtpEncodingParameters). A screen is left as it is: its text must stay sharp.
 */
export const shareUpstream = async (peers: Iterable<Peer>, camera: MediaStreamTrack | undefined): Promise<void> => {
  const all = [...peers];
  for (const peer of all) {
    // It sends nothing, and may have no connection at all.
    if (peer.state === 'failed') continue;
    const sender = peer.connection.getSenders().find(({ track }) => track !== null && track === camera);
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings[0];
    if (!sender || !parameters || !encoding) continue;
    encoding.maxBitrate = cameraKbps(all.length) * 1000;
    encoding.scaleResolutionDownBy = cameraScale(all.length);
    // Refused while a negotiation is under way; the next change of the room sets it again.
    await sender.setParameters(parameters).catch(() => undefined);
  }
};
