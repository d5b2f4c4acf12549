import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** One Kubernetes object, as it stands in a file. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The objects of a YAML text, read as Kubernetes reads it (YAML 1.1: 0440 is octal). */
export const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text, { version: '1.1', merge: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.map(({ message }) => message).join('\n'));
    return document.toJS() as Manifest;
  });

/** The objects of a file. */
export const readManifests = (path: string): Manifest[] => parseManifests(readFileSync(path, 'utf8'));

/** What a person calls an object. */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata?.name}`;
