import type { Peer } from '@parley/client';

const TOTAL_UP_KBPS = 2_400;
const MAX_KBPS = 1_500;
const MIN_KBPS = 150;

/** What one camera picture may take on the way to each of so many people, in kilobits a second. */
export const cameraKbps = (others: number): number =>
  Math.round(Math.min(MAX_KBPS, Math.max(MIN_KBPS, TOTAL_UP_KBPS / Math.max(1, others))));

/** How much smaller the picture is sent: tiles get smaller as people come. */
export const cameraScale = (others: number): number => (others <= 1 ? 1 : others <= 3 ? 1.5 : 2);

/**
 * Shares the upstream among the people of a full mesh, in which each gets a copy of the picture
 * (W3C WebRTC §5.2, RTCRtpEncodingParameters). A screen is left as it is: its text must stay sharp.
 */
export const shareUpstream = async (peers: Iterable<Peer>, camera: MediaStreamTrack | undefined): Promise<void> => {
  const all = [...peers];
  for (const { connection } of all) {
    const sender = connection.getSenders().find(({ track }) => track !== null && track === camera);
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings[0];
    if (!sender || !parameters || !encoding) continue;
    encoding.maxBitrate = cameraKbps(all.length) * 1000;
    encoding.scaleResolutionDownBy = cameraScale(all.length);
    // Refused while a negotiation is under way; the next change of the room sets it again.
    await sender.setParameters(parameters).catch(() => undefined);
  }
};
