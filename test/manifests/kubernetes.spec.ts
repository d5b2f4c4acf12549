import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { OVERLAYS, render, renderedPath, sourceHash } from '../../scripts/render-manifests.mjs';
import { schemaFaults } from './kubernetes-schemas.js';
import { type Manifest, nameOf, parseManifests, readManifests } from './manifest.js';

const BASE = join(import.meta.dirname, '..', '..', 'k8s', 'base');
const resources = (parse(readFileSync(join(BASE, 'kustomization.yaml'), 'utf8')) as { resources: string[] }).resources;
const base = resources.flatMap((name) => readManifests(join(BASE, name)));
const inOrder = (manifests: readonly Manifest[]) => [...manifests].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));

describe('the Kubernetes manifests', () => {
  it('are what the API accepts, key by key, in the base', async () => {
    expect(base.length).toBeGreaterThan(8);
    expect(await schemaFaults([...base, ...readManifests(join(BASE, 'secret.example.yaml'))])).toEqual([]);
  });

  it.each(OVERLAYS)('are what the API accepts, key by key, in the overlay %s', async (overlay) => {
    const rendered = readManifests(renderedPath(overlay));
    expect(rendered.length).toBeGreaterThan(8);
    expect(await schemaFaults(rendered)).toEqual([]);
  });

  it.each(OVERLAYS)('are rendered from the present sources in the overlay %s', (overlay) => {
    const stored = readFileSync(renderedPath(overlay), 'utf8');
    expect(stored.split('\n', 1)[0]).toContain(sourceHash(overlay));
    // The hash above holds without a kubectl too; versions of it differ in spacing, never in what they mean.
    const fresh = render(overlay) ?? stored;
    expect(inOrder(parseManifests(stored))).toEqual(inOrder(parseManifests(fresh)));
  });

  it('leave the example of a secret out of what is applied', () => {
    expect(resources).not.toContain('secret.example.yaml');
    expect(readManifests(renderedPath('production')).map(({ kind }) => kind)).not.toContain('Secret');
  });
});

describe('the check against the schemas', () => {
  const deployment = (change: (text: string) => string): Manifest[] => {
    const before = readFileSync(join(BASE, 'deployment.yaml'), 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    return parseManifests(after);
  };

  it.each([
    ['an unknown key', (text: string) => text.replace('httpGet:', 'httpGett:'), /httpGett/],
    ['a wrong type', (text: string) => text.replace('replicas: 3', "replicas: 'three'"), /replicas|number/],
    ['a missing key', (text: string) => text.replace(/ {2}selector:\n.+\n.+\n/, ''), /selector/],
    ['an unknown kind', (text: string) => text.replace('kind: Deployment', 'kind: Deploymint'), /Deploymint/],
    ['an unknown version', (text: string) => text.replace('apps/v1', 'apps/v9'), /apps\/v9/],
  ])('finds %s', async (_fault, change, message) => {
    expect((await schemaFaults(deployment(change))).join('\n')).toMatch(message);
  });
});
