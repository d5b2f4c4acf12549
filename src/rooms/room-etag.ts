import { ProtocolError } from '@parley/protocol';

/** The entity tag of a room's version (RFC 9110 §8.8.3). */
export const etagOf = (version: number): string => `"v${version}"`;

/**
 * Requires If-Match (RFC 9110 §13.1.1) to match this version. Weak tags never match.
 * @throws ProtocolError `precondition_required`, `precondition_failed`
 */
export const requireMatch = (ifMatch: string | undefined, version: number): void => {
  if (ifMatch === undefined) throw new ProtocolError('precondition_required');
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes('*') && !tags.includes(etagOf(version))) throw new ProtocolError('precondition_failed');
};
