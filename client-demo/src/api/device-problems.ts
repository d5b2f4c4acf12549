import { hasSentence } from './sentences.js';

/** The code of a problem of one device, as its text names that device. */
export const deviceProblem = (device: 'camera' | 'microphone', code: string): string => {
  const own = `${device}_${code}`;
  return hasSentence(own) ? own : code;
};

/** What to show about both devices: one text if they have the same problem, else one for each. */
export const deviceProblems = (camera: string | undefined, microphone: string | undefined): readonly string[] => {
  if (camera !== undefined && camera === microphone) return [camera];
  return [
    ...(camera === undefined ? [] : [deviceProblem('camera', camera)]),
    ...(microphone === undefined ? [] : [deviceProblem('microphone', microphone)]),
  ];
};
