import { DEFAULT_LIMITS, type PeerId, type RoomId } from '@parley/protocol';
import { Requests } from '../connection/requests.js';
import type { PeerConnectionConstructor, ResolvedOptions } from '../options.js';
import { Room } from '../room/room.js';
import type { RoomContext } from '../room/room-context.js';
import { EarlySignalBuffer } from '../signals/early-signal-buffer.js';
import { participant } from './fake-gateway.js';
import { FakePeerConnection } from './fake-peer-connection.js';
import { VirtualClock } from './virtual-clock.js';

type Out = { readonly type: string; readonly id?: string; readonly kind?: string; readonly seq?: number };

/** What differs from an ordinary room. */
export interface EnterOptions {
  readonly RTCPeerConnection?: new (configuration?: RTCConfiguration) => unknown;
  /** Default: throw it, so that the test fails. */
  readonly report?: (error: unknown) => void;
}

const thrown = (error: unknown): never => {
  throw error;
};

/** A room of this client, `me`, over a wire that only notes what goes out. */
export const enterRoom = async (
  others: ReturnType<typeof participant>[],
  { RTCPeerConnection = FakePeerConnection, report = thrown }: EnterOptions = {},
) => {
  const clock = new VirtualClock();
  const out: { readonly header: Out; readonly body: string | undefined }[] = [];
  const configuration: RTCConfiguration = { iceServers: [{ urls: 'stun:one' }] };
  const transmit = (header: object, body?: string) => {
    out.push({ header: header as Out, body });
    return true;
  };
  const context: RoomContext = {
    options: {
      clock,
      random: () => 0,
      RTCPeerConnection: RTCPeerConnection as unknown as PeerConnectionConstructor,
    } as unknown as ResolvedOptions,
    requests: new Requests(
      clock,
      () => 0,
      ({ header }) => transmit(header),
    ),
    early: new EarlySignalBuffer(clock),
    limits: () => DEFAULT_LIMITS,
    configuration: () => configuration,
    connected: () => true,
    transmit,
    congested: () => false,
    report,
    renew: () => {},
    forget: () => {},
  };
  const room = new Room('room' as RoomId, context, { meta: undefined, media: true });
  const entered = room.enter();
  const joined = (epoch: string, version: number, present: typeof others) => {
    const re = String(out.filter(({ header }) => header.type === 'join').at(-1)?.header.id);
    const participants = [participant('me', 5), ...present];
    const room = 'room' as RoomId;
    return { type: 'joined' as const, re, room, peer: 'me' as PeerId, resumed: false, epoch, version, participants };
  };
  room.receive(joined('e1', 1, others), undefined);
  await entered;
  await clock.advanceAsync(0);
  const signal = (from: string, seq: number, kind: 'offer' | 'answer' | 'candidate', body: object) =>
    room.receiveFrom({
      message: { type: 'signal', from: from as PeerId, seq, base: 1, kind },
      body: JSON.stringify(body),
    });
  const permitted = (version: number, peer: string, publish: boolean) => {
    const event = { event: 'permitted' as const, peer: peer as PeerId, role: 'member' as const, publish, chat: true };
    room.receive({ type: 'roster', room: 'room' as RoomId, epoch: 'e1', version, events: [event] }, undefined);
  };
  const sent = () => out.filter(({ header }) => header.type === 'signal').map(({ header }) => header.kind);
  return { clock, out, room, joined, signal, permitted, sent };
};

/** What a remote track and its stream are to the SDK. */
export const remote = (id: string) => {
  const track = Object.assign(new EventTarget(), { kind: 'audio', enabled: true });
  return { track, stream: Object.assign(new EventTarget(), { id }) };
};

/** A track of this side. */
export const track = (kind: string) => Object.assign(new EventTarget(), { kind }) as unknown as MediaStreamTrack;
/** A stream of this side. */
export const stream = { id: 'stream' } as MediaStream;
/** The connection that was created at this place in the order. */
export const made = (at: number) => FakePeerConnection.made[at] as FakePeerConnection;
