import { join } from 'node:path';
import ts from 'typescript';
import { type Manifest, nameOf } from './manifest.js';

const HERE = import.meta.dirname;
const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

const moduleOf = ({ apiVersion }: Manifest): string => `kubernetes-models/${apiVersion}`;

/**
 * Checks objects against the schemas of the Kubernetes API: unknown keys, missing keys, types and formats.
 * The package's validators let unknown keys pass, so each object also becomes a typed literal, in which TypeScript
 * finds them.
 * @returns a line for each fault; none when all is well
 */
export const schemaFaults = async (manifests: readonly Manifest[]): Promise<string[]> => {
  const faults = unknownKeys(manifests);
  // One after another: Jest's module loader cannot import the same new modules twice at once.
  for (const manifest of manifests) faults.push(...(await invalidValues(manifest)));
  return faults;
};

const unknownKeys = (manifests: readonly Manifest[]): string[] => {
  const sources = new Map(
    manifests.map((manifest, index) => [
      join(HERE, `object-${index}.ts`),
      {
        manifest,
        text: `import type { I${manifest.kind} } from '${moduleOf(manifest)}';\nexport const it: I${manifest.kind} = ${JSON.stringify(manifest, undefined, 1)};\n`,
      },
    ]),
  );
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.readFile = (path) => sources.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, target) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...sources.keys()], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const object = file === undefined ? undefined : sources.get(file.fileName);
    const context = object === undefined ? (file?.fileName ?? 'schemas') : nameOf(object.manifest);
    return `${context}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
};

interface Model {
  validate(): void;
}

const invalidValues = async (manifest: Manifest): Promise<string[]> => {
  try {
    const models = (await import(moduleOf(manifest))) as Record<string, (new (data: unknown) => Model) | undefined>;
    const Kind = models[manifest.kind];
    if (Kind === undefined) return [`${nameOf(manifest)}: ${manifest.apiVersion} has no such kind`];
    new Kind(manifest).validate();
    return [];
  } catch (fault) {
    return [`${nameOf(manifest)}: ${fault instanceof Error ? fault.message : String(fault)}`];
  }
};
