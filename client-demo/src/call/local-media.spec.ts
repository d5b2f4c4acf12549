import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deviceProblems } from '../api/device-problems.js';
import { LocalMedia } from './local-media.js';

const STATES = ['allowed', 'blocked', 'missing', 'busy'] as const;
type State = (typeof STATES)[number];

const ERROR_OF: Readonly<Record<Exclude<State, 'allowed'>, string>> = {
  missing: 'NotFoundError',
  blocked: 'NotAllowedError',
  busy: 'NotReadableError',
};

class FakeTrack extends EventTarget {
  enabled = true;
  readyState = 'live';
  contentHint = '';

  constructor(readonly kind: 'audio' | 'video') {
    super();
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

class FakeStream {
  constructor(readonly tracks: FakeTrack[] = []) {}
  addTrack = (track: FakeTrack) => void this.tracks.push(track);
  removeTrack = (track: FakeTrack) => void this.tracks.splice(this.tracks.indexOf(track), 1);
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
}

/** getUserMedia of W3C Media Capture §10.2: it gives all that is asked for, or one error that does not say for which. */
class FakeDevices extends EventTarget {
  readonly state: Record<'audio' | 'video', State> = { audio: 'allowed', video: 'allowed' };
  readonly given: FakeTrack[] = [];
  readonly asked: string[] = [];
  hold: Promise<void> = Promise.resolve();

  async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind]);
    this.asked.push(kinds.join(' '));
    await this.hold;
    for (const problem of ['missing', 'blocked', 'busy'] as const)
      if (kinds.some((kind) => this.state[kind] === problem)) throw new DOMException('', ERROR_OF[problem]);
    const tracks = kinds.map((kind) => new FakeTrack(kind));
    this.given.push(...tracks);
    return new FakeStream(tracks);
  }

  async enumerateDevices(): Promise<never[]> {
    return [];
  }
}

let devices: FakeDevices;
const replaced = new Map<string, PropertyDescriptor | undefined>();
const replace = (name: string, value: unknown) => {
  replaced.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
};

beforeEach(() => {
  devices = new FakeDevices();
  replace('navigator', { mediaDevices: devices });
  replace('MediaStream', FakeStream);
});
afterEach(() => {
  for (const [name, own] of replaced) {
    if (own) Object.defineProperty(globalThis, name, own);
    else Reflect.deleteProperty(globalThis, name);
  }
  replaced.clear();
});

const errorOf = (state: State) => (state === 'allowed' ? undefined : ERROR_OF[state]);
const stateOf = ({ on, track, problem }: LocalMedia['mic']) => ({
  on: on.value,
  open: track.value !== undefined,
  problem: problem.value,
});
const expected = (state: State) => ({ on: state === 'allowed', open: state === 'allowed', problem: errorOf(state) });

describe('camera and microphone', () => {
  const pairs = STATES.flatMap((camera) => STATES.map((mic) => [camera, mic] as const));

  it.each(pairs)('open each on its own: camera %s, microphone %s', async (camera, mic) => {
    Object.assign(devices.state, { video: camera, audio: mic });
    const media = new LocalMedia();
    await media.start();
    expect(stateOf(media.camera)).toEqual(expected(camera));
    expect(stateOf(media.mic)).toEqual(expected(mic));
    expect(media.asking.value).toBe(false);
    const open = [mic, camera].filter((state) => state === 'allowed').length;
    expect(devices.given.filter(({ readyState }) => readyState === 'live')).toHaveLength(open);
  });

  it.each(pairs)('say what is wrong with which: camera %s, microphone %s', (camera, mic) => {
    const codes = deviceProblems(errorOf(camera), errorOf(mic));
    const own = [errorOf(camera) && `camera_${errorOf(camera)}`, errorOf(mic) && `microphone_${errorOf(mic)}`];
    expect(codes).toEqual(camera === mic && camera !== 'allowed' ? [errorOf(camera)] : own.filter(Boolean));
  });

  it('are asked for together, so that the browser asks once', async () => {
    await new LocalMedia().start();
    expect(devices.asked).toEqual(['audio video']);
  });

  it('are tried again one by one: only what a problem keeps closed', async () => {
    Object.assign(devices.state, { video: 'blocked' });
    const media = new LocalMedia();
    await media.start();
    const microphone = media.mic.track.value;
    Object.assign(devices.state, { video: 'allowed' });
    await media.retry();
    expect([devices.asked.at(-1), media.mic.track.value, stateOf(media.camera)]).toEqual([
      'video',
      microphone,
      expected('allowed'),
    ]);
  });

  it('stop when they open after the page was left', async () => {
    let open = () => {};
    devices.hold = new Promise((resolve) => {
      open = resolve;
    });
    const media = new LocalMedia();
    const started = media.start();
    media.close();
    open();
    await started;
    expect(devices.given.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
    expect([stateOf(media.camera).open, stateOf(media.mic).open]).toEqual([false, false]);
  });

  it('stay closed when they were turned off while the browser asked', async () => {
    let open = () => {};
    devices.hold = new Promise((resolve) => {
      open = resolve;
    });
    Object.assign(devices.state, { video: 'blocked' });
    const media = new LocalMedia();
    const started = media.start();
    await media.mic.set(false);
    open();
    await started;
    expect(devices.asked).toEqual(['audio video', 'video']);
    expect(stateOf(media.mic)).toEqual({ on: false, open: false, problem: undefined });
  });
});
