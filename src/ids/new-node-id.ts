import { randomBytes } from 'node:crypto';
import type { NodeId } from '@parley/protocol';

/** Maximum length of the name in a node id: an id has at most 64 characters, 9 of them the suffix. */
const MAX_NAME = 55;

/** An id of a node for one lease: the end of its name, where pods of one deployment differ, and a random suffix. */
export const newNodeId = (name: string): NodeId =>
  `${name.slice(-MAX_NAME)}-${randomBytes(6).toString('base64url').replace(/[_-]/g, '0')}` as NodeId;
