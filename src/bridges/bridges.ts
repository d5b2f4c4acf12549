import type { BridgeFactory } from './bridge.js';
import { peerjsBridge } from './peerjs/peerjs.bridge.js';
import { yWebrtcBridge } from './y-webrtc/y-webrtc.bridge.js';

/** Every bridge that there is: one line each. */
export const BRIDGES: readonly BridgeFactory[] = [peerjsBridge, yWebrtcBridge];
