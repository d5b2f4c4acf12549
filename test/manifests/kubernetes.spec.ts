import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { OVERLAYS, render, renderedPath, sourceHash } from '../../scripts/render-manifests.mjs';
import { readConfig } from '../../src/config/config.js';
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

  it('are a configuration that Parley starts with in production, with TURN', () => {
    const config = readManifests(renderedPath('production')).find(({ kind }) => kind === 'ConfigMap');
    const secret = 'dGhpcyBpcyBhIHNlY3JldCBmb3IgYSB0ZXN0IGFsb25l';
    const secrets = { JWT_SECRET: secret, SESSION_SECRET: secret, TURN_SECRET: secret };
    const stores = { DATABASE_URL: 'postgres://a:b@c/d', REDIS_URL: 'rediss://e:6379' };
    const { data } = config as unknown as { data: Record<string, string> };
    const { production, trustedProxies, ice } = readConfig({ ...data, ...secrets, ...stores });
    expect([production, trustedProxies]).toEqual([true, ['private']]);
    expect(ice.turnUrls.map((url) => url.split(':')[0])).toEqual(['turn', 'turn']);
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
