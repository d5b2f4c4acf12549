import { signal } from '@preact/signals';
import { codeOf } from '../api/problem.js';
import type { Choices } from './last-call.js';

/** The kinds of devices that the user can select. Outputs are speakers. */
export type DeviceKind = 'audioinput' | 'videoinput' | 'audiooutput';
type InputKind = 'audioinput' | 'videoinput';

const KEY = 'parley.devices';

const readChoice = (): Partial<Record<DeviceKind, string>> => {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Partial<Record<DeviceKind, string>>;
  } catch {
    return {};
  }
};

const constraintsFor = (kind: InputKind, device: string | undefined): MediaStreamConstraints => {
  const deviceId = device ? { deviceId: { ideal: device } } : {};
  return kind === 'audioinput'
    ? { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...deviceId } }
    : { video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, ...deviceId } };
};

/** Errors that mean the same to the user (W3C Media Capture §10.2). */
const SAME_AS: Readonly<Record<string, string>> = {
  AbortError: 'NotReadableError',
  SecurityError: 'NotAllowedError',
};

/** getUserMedia. @throws DOMException `insecure_context` where the browser does not offer it */
const ask = async (constraints: MediaStreamConstraints): Promise<MediaStream> => {
  if (!navigator.mediaDevices) throw new DOMException('', 'insecure_context');
  return navigator.mediaDevices.getUserMedia(constraints);
};

/** One input device: its track while it is open, whether the user wants it on, and why it is off. */
class Input {
  readonly track = signal<MediaStreamTrack | undefined>(undefined);
  readonly on = signal(false);
  /** Aspect ratio (width over height) of the picture; undefined until it is shown. */
  readonly shape = signal<number | undefined>(undefined);
  /** Code of the error that keeps it closed, or undefined. */
  readonly problem = signal<string | undefined>(undefined);
  /** Counts the requests, so that a late result of an older one is dropped. */
  private request = 0;

  constructor(
    readonly kind: InputKind,
    private readonly owner: LocalMedia,
  ) {}

  /** Turns it on or off. Turning the camera off closes it, so its light goes out; the microphone is only muted. */
  async set(on: boolean): Promise<void> {
    this.on.value = on;
    if (on) return this.open();
    this.request++;
    if (this.kind === 'audioinput') {
      if (this.track.value) this.track.value.enabled = false;
    } else this.drop();
  }

  /** Opens the device. On failure it is off and `problem` has the code. */
  async open(fresh = false): Promise<void> {
    const existing = this.track.value;
    if (existing && !fresh && existing.readyState === 'live') {
      existing.enabled = true;
      return;
    }
    const request = ++this.request;
    this.problem.value = undefined;
    try {
      const stream = await ask(constraintsFor(this.kind, this.owner.chosen.value[this.kind]));
      const track = stream.getTracks()[0];
      if (request !== this.request) return track?.stop();
      this.take(track);
    } catch (error) {
      if (request !== this.request) return;
      this.refuse(codeOf(error));
    }
    await this.owner.list();
  }

  refuse(code: string): void {
    this.on.value = false;
    this.problem.value = SAME_AS[code] ?? code;
  }

  /** Takes a track that was opened together with another one; stops it if the device was turned off meanwhile. */
  adopt(track: MediaStreamTrack | undefined): void {
    if (this.on.value) this.take(track);
    else track?.stop();
  }

  drop(): void {
    const old = this.track.value;
    if (!old) return;
    this.owner.stream.removeTrack(old);
    old.stop();
    this.track.value = undefined;
  }

  private take(track: MediaStreamTrack | undefined): void {
    this.drop();
    if (!track) return;
    track.enabled = this.on.value;
    track.contentHint = this.kind === 'videoinput' ? 'motion' : 'speech';
    track.addEventListener('ended', () => {
      if (this.track.value !== track) return;
      this.drop();
      this.on.value = false;
      this.problem.value = 'OverconstrainedError';
    });
    this.owner.stream.addTrack(track);
    this.track.value = track;
  }
}

/** This user's camera, microphone and speaker, from the device check to the end of the call. */
export class LocalMedia {
  /** Holds the open tracks; its id stays the same for the whole call. */
  readonly stream = new MediaStream();
  readonly mic = new Input('audioinput', this);
  readonly camera = new Input('videoinput', this);
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  readonly chosen = signal(readChoice());
  /** True while the browser asks for permission. */
  readonly asking = signal(false);
  private readonly onDeviceChange = () => void this.list();

  /** Opens the wanted devices; by default both. */
  async start({ mic, camera }: Choices = { mic: true, camera: true }): Promise<void> {
    navigator.mediaDevices?.addEventListener('devicechange', this.onDeviceChange);
    await this.open([mic && this.mic, camera && this.camera].filter((input) => input !== false));
  }

  /** Opens again the devices that a problem keeps closed. The others stay as they are. */
  retry(): Promise<void> {
    return this.open([this.mic, this.camera].filter(({ problem }) => problem.value !== undefined));
  }

  /** What kept devices closed is read. */
  dismiss(): void {
    for (const { problem } of [this.mic, this.camera]) problem.value = undefined;
  }

  /** Asks for both at once, so that the browser asks once; and if that fails, for each on its own. */
  private async open(inputs: readonly Input[]): Promise<void> {
    this.asking.value = inputs.length > 0;
    for (const input of inputs) input.on.value = true;
    if (inputs.length < 2 || !(await this.openTogether()))
      // One of them may have been turned off meanwhile.
      await Promise.all(inputs.filter(({ on }) => on.value).map((input) => input.set(true)));
    this.asking.value = false;
    await this.list();
  }

  /** @returns false if the browser gives not both: it does not tell which one it denies, lacks or finds busy. */
  private async openTogether(): Promise<boolean> {
    const { audioinput, videoinput } = this.chosen.value;
    this.dismiss();
    try {
      const both = await ask({
        ...constraintsFor('audioinput', audioinput),
        ...constraintsFor('videoinput', videoinput),
      });
      this.mic.adopt(both.getAudioTracks()[0]);
      this.camera.adopt(both.getVideoTracks()[0]);
      return true;
    } catch {
      return false;
    }
  }

  async list(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    // Before permission the browser hides names and ids; an entry without an id cannot be chosen.
    this.devices.value = devices.filter(({ deviceId }) => deviceId !== '');
  }

  /** Selects another device, and switches to it at once if that input is on. */
  async choose(kind: DeviceKind, device: string): Promise<void> {
    this.chosen.value = { ...this.chosen.value, [kind]: device };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.chosen.value));
    } catch {}
    if (kind === 'audiooutput') return;
    const input = kind === 'audioinput' ? this.mic : this.camera;
    if (!input.on.value) return input.drop();
    await input.open(true);
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.onDeviceChange);
    for (const input of [this.mic, this.camera]) {
      void input.set(false);
      input.drop();
    }
  }
}
