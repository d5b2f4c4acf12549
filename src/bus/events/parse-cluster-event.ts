import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { ClusterEvent } from '../bus.js';
import { CLUSTER_EVENT_SCHEMAS } from './cluster-event.schema.js';

const READERS = new Map<unknown, (value: object) => ClusterEvent | undefined>(
  Object.entries(CLUSTER_EVENT_SCHEMAS).map(([fact, schema]) => {
    const check = TypeCompiler.Compile(schema);
    const fields = Object.keys(schema.properties);
    // Fields that only a newer node knows must not reach a handler.
    const read = (value: object) => (check.Check(value) ? (pick(value, fields) as unknown as ClusterEvent) : undefined);
    return [fact, read];
  }),
);

/** Parses a cluster event of another node. @returns undefined if it is malformed or of a newer version */
export const parseClusterEvent = (json: Buffer): ClusterEvent | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return READERS.get((value as { fact?: unknown }).fact)?.(value);
};

const pick = (value: object, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, (value as Record<string, unknown>)[field]]));
