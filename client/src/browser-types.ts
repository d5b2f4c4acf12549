/**
 * The browser's interfaces in the public API. With TypeScript's DOM library they merge with its declarations and change
 * nothing. Without it, as in a Node project, they are all that the package's types need, so that those compile.
 */
declare global {
  interface AbortSignal {
    readonly aborted: boolean;
  }
  interface MediaStream {
    readonly id: string;
  }
  interface MediaStreamTrack {
    readonly kind: string;
  }
  interface RTCDataChannel {
    readonly label: string;
  }
  interface RTCPeerConnection {
    close(): void;
  }
  interface URL {
    href: string;
  }
  interface DisplayMediaStreamOptions {}
  interface RTCConfiguration {}
  interface RTCDataChannelInit {}
}

/** `RTCPeerConnectionState` (W3C WebRTC 1.0 §4.3.3). */
export type PeerConnectionState = 'closed' | 'connected' | 'connecting' | 'disconnected' | 'failed' | 'new';
