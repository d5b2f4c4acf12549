import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';

/** Unmodified y-webrtc in a page, one room at a time, as a test drives it. */
class Desk {
  private readonly doc = new Y.Doc();
  private readonly text = this.doc.getText('text');
  readonly provider: WebrtcProvider;
  /** How often the socket to the server was opened. */
  connects = 0;

  constructor(url: string, room: string, name: string, password?: string) {
    this.provider = new WebrtcProvider(room, this.doc, {
      signaling: [url],
      peerOpts: { config: { iceServers: [] } },
      ...(password && { password }),
    });
    this.provider.awareness.setLocalStateField('name', name);
    for (const socket of this.provider.signalingConns) {
      socket.on('connect', () => {
        this.connects += 1;
      });
    }
  }

  write(word: string): void {
    this.text.insert(this.text.length, `${word} `);
  }

  read(): string[] {
    return this.text.toString().trim().split(/\s+/).filter(Boolean).sort();
  }

  names(): string[] {
    return [...this.provider.awareness.getStates().values()].map((state) => String(state['name'])).sort();
  }

  /** Peers that are connected over WebRTC; those of the same browser would be no proof. */
  peers(): number {
    const { webrtcConns, bcConns } = this.provider.room ?? { webrtcConns: new Map(), bcConns: new Set() };
    return [...webrtcConns.values()].filter(({ connected }) => connected).length - 1_000 * bcConns.size;
  }

  leave(): void {
    this.provider.disconnect();
    this.provider.destroy();
    this.doc.destroy();
  }
}

export type { Desk };

Object.assign(window, {
  sit: (...words: ConstructorParameters<typeof Desk>) => {
    (window as unknown as { desk?: Desk }).desk?.leave();
    Object.assign(window, { desk: new Desk(...words) });
  },
});
