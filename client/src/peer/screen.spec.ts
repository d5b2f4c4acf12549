import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@parley/protocol';
import { enterRoom } from '../testing/entered-room.js';
import { participant } from '../testing/fake-gateway.js';
import { FakePeerConnection } from '../testing/fake-peer-connection.js';

class FakeTrack extends EventTarget {
  stopped = false;

  constructor(readonly kind: string) {
    super();
  }

  stop(): void {
    this.stopped = true;
  }
}

/** A picker that stays open until the test chooses. */
class Picker {
  asked = 0;
  readonly tracks: FakeTrack[] = [];
  #choose: (stream: MediaStream) => void = () => {};

  readonly getDisplayMedia = (): Promise<MediaStream> => {
    this.asked++;
    return new Promise((resolve) => {
      this.#choose = resolve;
    });
  };

  choose(...kinds: string[]): void {
    this.tracks.push(...kinds.map((kind) => new FakeTrack(kind)));
    const of = (kind?: string) => this.tracks.filter((track) => kind === undefined || track.kind === kind);
    this.#choose({
      id: 'screen',
      getTracks: () => of(),
      getVideoTracks: () => of('video'),
      getAudioTracks: () => of('audio'),
    } as unknown as MediaStream);
  }

  get stopped(): boolean[] {
    return this.tracks.map(({ stopped }) => stopped);
  }
}

let picker: Picker;
const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');

beforeEach(() => {
  FakePeerConnection.made = [];
  picker = new Picker();
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { mediaDevices: picker } });
});
afterEach(() => {
  if (own) Object.defineProperty(globalThis, 'navigator', own);
});

describe('shareScreen', () => {
  it('publishes picture and sound, and stops both when the picture ends', async () => {
    const { room } = await enterRoom([participant('a', 1)]);
    const shared = room.shareScreen();
    picker.choose('audio', 'video');
    const screen = await shared;
    expect(room.publications.map(({ kind }) => kind)).toEqual(['video', 'audio']);
    expect(screen.kind).toBe('video');
    picker.tracks[1]?.dispatchEvent(new Event('ended'));
    expect(room.publications).toEqual([]);
    expect(picker.stopped).toEqual([true, true]);
  });

  it('stops the capture when the room is left while the user chooses', async () => {
    const { room, clock } = await enterRoom([participant('a', 1)]);
    const shared = room.shareScreen();
    const left = room.leave();
    picker.choose('video', 'audio');
    await expect(shared).rejects.toMatchObject({ code: 'closed' });
    expect(picker.stopped).toEqual([true, true]);
    await clock.advanceAsync(5_000);
    await left;
  });

  it('stops the capture when the permission is revoked while the user chooses', async () => {
    const { room, permitted } = await enterRoom([participant('a', 1)]);
    const shared = room.shareScreen();
    permitted(2, 'me', false);
    picker.choose('video', 'audio');
    await expect(shared).rejects.toMatchObject({ code: 'forbidden' });
    expect([picker.stopped, room.publications]).toEqual([[true, true], []]);
  });

  it('stops a capture without a picture', async () => {
    const { room } = await enterRoom([participant('a', 1)]);
    const shared = room.shareScreen();
    picker.choose('audio');
    await expect(shared).rejects.toMatchObject({ code: 'conflict' });
    expect([picker.stopped, room.publications]).toEqual([[true], []]);
  });

  it('does not ask the user when nothing may be published', async () => {
    const { room, permitted, clock } = await enterRoom([participant('a', 1)]);
    permitted(2, 'me', false);
    await expect(room.shareScreen()).rejects.toMatchObject({ code: 'forbidden' });
    permitted(3, 'me', true);
    const left = room.leave();
    await expect(room.shareScreen()).rejects.toMatchObject({ code: 'closed' });
    expect(picker.asked).toBe(0);
    await clock.advanceAsync(5_000);
    await left;
    expect(room.peers.get('a' as PeerId)).toBeUndefined();
  });
});
