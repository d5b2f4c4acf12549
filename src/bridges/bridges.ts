import type { DoorMaker } from './bridge.js';
import { peerjsDoor } from './peerjs/peerjs.bridge.js';
import { yWebrtcDoor } from './y-webrtc/y-webrtc.bridge.js';

/** Every door that there is: one line each. */
export const DOORS: readonly DoorMaker[] = [peerjsDoor, yWebrtcDoor];
