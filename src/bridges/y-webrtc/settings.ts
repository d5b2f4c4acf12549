import { z } from 'zod';
import { bridgeAccess, bridgePath } from '../bridge-settings.js';

/** Who is let in: whoever has an access token, or anybody. */
export type Access = 'token' | 'anonymous';

/** The settings of this bridge; docs/operations.md explains them. */
export const SETTINGS = z.object({
  Y_WEBRTC: bridgeAccess,
  Y_WEBRTC_PATH: bridgePath('/y-webrtc'),
});
