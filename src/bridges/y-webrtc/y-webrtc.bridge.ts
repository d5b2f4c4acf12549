import type {
  Bridge,
  BridgeClient,
  BridgeFactory,
  BridgeRequest,
  BridgeResponse,
  BridgeServices,
  BridgeSocket,
} from '../bridge.js';
import { bridgeSettings } from '../bridge-settings.js';
import { ANONYMOUS, admissionOf } from './admission.js';
import { echoOf } from './frames.js';
import { IdleClients } from './idle-clients.js';
import { type Access, SETTINGS } from './settings.js';
import { YWebrtcClient, type YWebrtcCounters, type YWebrtcHost } from './y-webrtc.client.js';

/** What the reference server answers to a GET, which people use to see whether it lives. */
const OKAY: BridgeResponse = { status: 200, type: 'text/plain; charset=utf-8', body: 'okay' };

/** A signaling server for y-webrtc on any node: one topic for each room, and nothing kept. */
class YWebrtcBridge implements Bridge, YWebrtcHost {
  readonly name = 'y_webrtc';
  readonly counters: YWebrtcCounters = { strangeFrames: 0, refusedTopics: 0, refusedClients: 0 };
  readonly topics: BridgeServices['topics'];
  readonly idleClients: IdleClients;
  readonly maxTopics: number;
  private last: { readonly payload: Buffer; readonly clients: number; readonly frame: Buffer } | undefined;

  constructor(
    private readonly services: BridgeServices,
    private readonly access: Access,
    readonly path: string,
  ) {
    this.topics = services.topics;
    this.maxTopics = services.config.topics.maxTopicsPerClient;
    this.idleClients = new IdleClients(services.config.sockets.maxUnauthenticated);
  }

  matches(path: string): boolean {
    return path === this.path || path === `${this.path}/`;
  }

  answer({ path }: BridgeRequest): BridgeResponse | undefined {
    return this.matches(path) ? OKAY : undefined;
  }

  enter(socket: BridgeSocket, { query }: BridgeRequest): BridgeClient {
    const admission = this.access === 'anonymous' ? ANONYMOUS : admissionOf(query.get('token'), this.services);
    return new YWebrtcClient(socket, this, admission);
  }

  /** Subscribers are told one after another, all of the same: it is written once. */
  echo(payload: Buffer, clients: number): Buffer {
    if (this.last?.payload !== payload || this.last.clients !== clients)
      this.last = { payload, clients, frame: echoOf(payload, clients) };
    return this.last.frame;
  }
}

/** In production nobody is let in without a token unless the operator says so. */
export const yWebrtcBridge: BridgeFactory = (services) => {
  const { Y_WEBRTC: access = services.config.production ? 'token' : 'anonymous', Y_WEBRTC_PATH: path } = bridgeSettings(
    services.config,
    SETTINGS,
  );
  return access === 'off' ? undefined : new YWebrtcBridge(services, access, path);
};
