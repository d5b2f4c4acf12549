import type { Door, DoorAnswer, DoorMaker, DoorRequest, DoorServices, DoorSocket, Visitor } from '../bridge.js';
import { doorSettings } from '../bridge-settings.js';
import { ANYBODY, admissionOf } from './admission.js';
import { echoOf } from './frames.js';
import { Idlers } from './idle-clients.js';
import { type Access, SETTINGS } from './settings.js';
import { type YWebrtcCounters, type YWebrtcHouse, YWebrtcVisitor } from './y-webrtc.client.js';

/** What the reference server answers to a GET, which people use to see whether it lives. */
const OKAY: DoorAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: 'okay' };

/** A signaling server for y-webrtc on any node: one topic for each room, and nothing kept. */
class YWebrtcDoor implements Door, YWebrtcHouse {
  readonly name = 'y_webrtc';
  readonly counters: YWebrtcCounters = { strangeFrames: 0, refusedTopics: 0, refusedClients: 0 };
  readonly topics: DoorServices['topics'];
  readonly idlers: Idlers;
  readonly mostTopics: number;
  private last: { readonly payload: Buffer; readonly clients: number; readonly frame: Buffer } | undefined;

  constructor(
    private readonly services: DoorServices,
    private readonly access: Access,
    readonly path: string,
  ) {
    this.topics = services.topics;
    this.mostTopics = services.config.topics.maxTopicsPerClient;
    this.idlers = new Idlers(services.config.sockets.mostUnauthenticated);
  }

  opensAt(path: string): boolean {
    return path === this.path || path === `${this.path}/`;
  }

  answer({ path }: DoorRequest): DoorAnswer | undefined {
    return this.opensAt(path) ? OKAY : undefined;
  }

  enter(socket: DoorSocket, { query }: DoorRequest): Visitor {
    const admission = this.access === 'anonymous' ? ANYBODY : admissionOf(query.get('token'), this.services);
    return new YWebrtcVisitor(socket, this, admission);
  }

  /** Subscribers are told one after another, all of the same: it is written once. */
  echo(payload: Buffer, clients: number): Buffer {
    if (this.last?.payload !== payload || this.last.clients !== clients)
      this.last = { payload, clients, frame: echoOf(payload, clients) };
    return this.last.frame;
  }
}

/** In production nobody is let in without a token unless the operator says so. */
export const yWebrtcDoor: DoorMaker = (services) => {
  const { Y_WEBRTC: access = services.config.production ? 'token' : 'anonymous', Y_WEBRTC_PATH: path } = doorSettings(
    services.config,
    SETTINGS,
  );
  return access === 'off' ? undefined : new YWebrtcDoor(services, access, path);
};
