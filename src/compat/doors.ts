import type { DoorMaker } from './door.js';
import { yWebrtcDoor } from './y-webrtc/y-webrtc.door.js';

/** Every door that there is: one line each. */
export const DOORS: readonly DoorMaker[] = [yWebrtcDoor];
