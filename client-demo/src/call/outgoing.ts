import type { Meta, Publication, Room } from '@parley/client';
import { effect, signal } from '@preact/signals';
import { deviceProblem } from '../api/device-problems.js';
import { codeOf } from '../api/problem.js';
import { announce, notify } from '../state/notices.js';
import type { LocalMedia } from './local-media.js';
import { notifyProblem } from './notify-problem.js';

/** True where the browser can share a screen at all. */
export const canShareScreen = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === 'function';

/** What this client publishes: microphone, camera and screen, and the `meta` that says which of them are on. */
export class Outgoing {
  /** The shared screen, or undefined. */
  readonly screen = signal<MediaStream | undefined>(undefined);
  private room: Room | undefined;
  private readonly published: Partial<Record<'mic' | 'camera', Publication>> = {};
  private shared: Publication | undefined;
  /** True while the user chooses what to share. */
  private choosing = false;
  private readonly stops: (() => void)[] = [];

  constructor(private readonly media: LocalMedia) {}

  meta(): Meta {
    const { mic, camera } = this.media;
    return {
      audio: mic.on.value && mic.track.value !== undefined,
      video: camera.on.value && camera.track.value !== undefined,
      screen: this.screen.value?.id ?? null,
    };
  }

  /** @param joinedWith the `meta` of the join; the camera may have opened since */
  enter(room: Room, joinedWith: Meta): void {
    this.room = room;
    let told = JSON.stringify(joinedWith);
    this.stops.push(
      effect(() => this.carry('mic', this.media.mic.track.value)),
      effect(() => this.carry('camera', this.media.camera.track.value)),
      effect(() => {
        const meta = this.meta();
        const text = JSON.stringify(meta);
        if (text === told) return;
        told = text;
        room.update(meta).catch((error) => {
          // Sent again with the next change; after a lost connection, the join carries the current `meta`.
          if (codeOf(error) === 'rate_limited') notify('Too many changes at once. Wait a moment.', 'bad');
        });
      }),
    );
  }

  async toggleMic(): Promise<void> {
    await this.toggle('mic', 'Microphone');
  }

  async toggleCamera(): Promise<void> {
    await this.toggle('camera', 'Camera');
  }

  async toggleScreen(): Promise<void> {
    if (this.shared) return this.stopScreen();
    if (!this.room || this.choosing) return;
    if (this.mayNotPublish()) return notifyProblem('publish_taken');
    if (!canShareScreen()) return notifyProblem(isSecureContext ? 'screen_unsupported' : 'screen_insecure');
    this.choosing = true;
    try {
      const publication = await this.room.shareScreen({ video: { frameRate: { ideal: 15 } }, audio: true });
      publication.on('ended', () => this.stopScreen());
      this.shared = publication;
      this.screen.value = publication.stream;
      announce('You are sharing your screen.');
    } catch (error) {
      // The call is over: the SDK has stopped the capture, and nobody waits for it.
      if (!this.room) return;
      const code = codeOf(error);
      const refused = code === 'NotAllowedError' || code === 'AbortError';
      notifyProblem(refused ? 'screen_refused' : code, () => void this.toggleScreen());
    } finally {
      this.choosing = false;
    }
  }

  close(): void {
    this.room = undefined;
    for (const stop of this.stops.splice(0)) stop();
    for (const track of this.screen.value?.getTracks() ?? []) track.stop();
    this.screen.value = undefined;
  }

  private stopScreen(): void {
    const { shared } = this;
    if (!shared) return;
    this.shared = undefined;
    for (const track of shared.stream.getTracks()) track.stop();
    shared.unpublish();
    this.screen.value = undefined;
    announce('You stopped sharing your screen.');
  }

  private async toggle(which: 'mic' | 'camera', name: string): Promise<void> {
    const input = this.media[which];
    if (!input.on.value && this.mayNotPublish()) return notifyProblem('publish_taken');
    await input.set(!input.on.value);
    const code = input.problem.value;
    const device = which === 'mic' ? 'microphone' : which;
    if (code) notifyProblem(deviceProblem(device, code), () => void this.toggle(which, name));
    else announce(`${name} ${input.on.value ? 'on' : 'off'}`);
    // The track may be the same one as before the permission was revoked.
    if (!this.published[which]) this.carry(which, input.track.value);
  }

  private mayNotPublish(): boolean {
    return this.room?.permissions.publish === false;
  }

  private carry(which: 'mic' | 'camera', track: MediaStreamTrack | undefined): void {
    const publication = this.published[which];
    if (publication) void publication.replaceTrack(track ?? null).catch(() => undefined);
    else if (track && this.room && !this.mayNotPublish()) this.publish(which, track, this.room);
  }

  private publish(which: 'mic' | 'camera', track: MediaStreamTrack, room: Room): void {
    const publication = room.publish(track, this.media.stream);
    this.published[which] = publication;
    publication.on('ended', () => {
      // After a disconnected device it stays for the next one; after a revoked permission it is over.
      if (!room.publications.includes(publication)) delete this.published[which];
    });
  }
}
