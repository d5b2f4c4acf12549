import { z } from 'zod';
import { bridgeAccess, bridgePath } from '../bridge-settings.js';

/** Admission: users with an access token, or anyone. */
export type Access = 'token' | 'anonymous';

/** The settings of this bridge; docs/operations.md explains them. */
export const SETTINGS = z.object({
  Y_WEBRTC: bridgeAccess,
  Y_WEBRTC_PATH: bridgePath('/y-webrtc'),
});
