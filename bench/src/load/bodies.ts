import type { Kind } from './dialect.js';

const OFFER_BYTES = 2_500;
const CANDIDATE_BYTES = 160;

const SDP_LINE = 'a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 goog-remb\r\na=fmtp:97 apt=96\r\n';
const CANDIDATE =
  'candidate:842163049 1 udp 1677729535 192.0.2.44 46154 typ srflx raddr 10.0.0.17 rport 46154 generation 0';

/** Makes an RTCSessionDescriptionInit or RTCIceCandidateInit as JSON, padded to a size. */
const fill = (make: (text: string) => object, text: string, size: number): string => {
  const missing = size - JSON.stringify(make(text)).length;
  return JSON.stringify(make(text + 'x'.repeat(Math.max(0, missing))));
};

const description = (type: 'offer' | 'answer'): string => {
  const lines = SDP_LINE.repeat(30);
  return fill((sdp) => ({ type, sdp }), `v=0\r\n${lines}`, OFFER_BYTES);
};

/** The sizes of browsers' signals: descriptions of 2.5 KB and candidates of 160 bytes. */
export const BODIES: Readonly<Record<Kind, string>> = {
  offer: description('offer'),
  answer: description('answer'),
  candidate: fill((candidate) => ({ candidate, sdpMid: '0', sdpMLineIndex: 0 }), CANDIDATE, CANDIDATE_BYTES),
};

/** The signals of one side of a call: a description, then candidates as they trickle (RFC 8838). */
export const CALL: readonly Kind[] = ['offer', 'candidate', 'candidate', 'candidate', 'candidate'];
