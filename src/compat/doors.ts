import type { DoorMaker } from './door.js';
import { peerjsDoor } from './peerjs/peerjs.door.js';
import { yWebrtcDoor } from './y-webrtc/y-webrtc.door.js';

/** Every door that there is: one line each. */
export const DOORS: readonly DoorMaker[] = [peerjsDoor, yWebrtcDoor];
