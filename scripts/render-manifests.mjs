import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CommandFailed, ROOT, runMain } from './run-command.mjs';

/** The overlays of k8s/, each rendered to one file that needs no kustomize to apply or to check. */
export const OVERLAYS = ['development', 'production'];

const filesIn = (folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** A hash of the sources of an overlay: a rendered file with another one is stale. */
export const sourceHash = (overlay) => {
  const hash = createHash('sha256');
  for (const path of [...filesIn('k8s/base'), ...filesIn(`k8s/overlays/${overlay}`)]) {
    hash.update(`${path.slice(ROOT.length)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
};

/** The path of a rendered overlay. */
export const renderedPath = (overlay) => join(ROOT, 'k8s', 'rendered', `${overlay}.yaml`);

/** Renders an overlay with `kubectl kustomize`; undefined without kubectl. */
export const render = (overlay) => {
  const run = spawnSync('kubectl', ['kustomize', join(ROOT, 'k8s', 'overlays', overlay)], { encoding: 'utf8' });
  if (run.error !== undefined) return undefined;
  if (run.status !== 0) throw new CommandFailed(`kubectl kustomize ${overlay} failed: ${run.stderr}`);
  return `# Made by npm run render:manifests. Sources: ${sourceHash(overlay)}\n${run.stdout}`;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    mkdirSync(join(ROOT, 'k8s', 'rendered'), { recursive: true });
    for (const overlay of OVERLAYS) {
      const text = render(overlay);
      if (text === undefined) throw new CommandFailed('kubectl is needed to render the manifests, and is not here');
      writeFileSync(renderedPath(overlay), text);
    }
  });
}
