import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { OVERLAYS, renderedPath } from '../../scripts/render-manifests.mjs';
import { networkFaults, serviceFaults } from './cluster-policy.js';
import { type Manifest, parseManifests, readManifests } from './manifest.js';
import { workloadFaults } from './policy.js';

const PRODUCTION = readFileSync(renderedPath('production'), 'utf8');
const production = parseManifests(PRODUCTION);

const changed = (before: string | RegExp, after: string): Manifest[] => {
  const text = PRODUCTION.replace(before, after);
  expect(text).not.toBe(PRODUCTION);
  return parseManifests(text);
};

describe.each(OVERLAYS)('the overlay %s', (overlay) => {
  const manifests = readManifests(renderedPath(overlay));

  it('runs every pod under the restricted profile, with probes and time to drain', () => {
    expect(manifests.filter(({ kind }) => kind === 'Deployment').length).toBeGreaterThan(0);
    expect(workloadFaults(manifests)).toEqual([]);
  });

  it('lets pods talk to those alone that they need', () => {
    expect(networkFaults(manifests)).toEqual([]);
  });

  it('asks the cluster to enforce the restricted profile', () => {
    const [namespace, ...others] = manifests.filter(({ kind }) => kind === 'Namespace');
    expect(others).toEqual([]);
    expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const inside = manifests.filter(({ kind }) => kind !== 'Namespace');
    expect(new Set(inside.map(({ metadata }) => metadata.namespace))).toEqual(new Set([namespace?.metadata.name]));
  });

  it('gives no service account a token of the Kubernetes API', () => {
    const accounts = manifests.filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map((account) => account.automountServiceAccountToken)).toEqual([false]);
  });
});

describe('the overlay production', () => {
  it('keeps two pods whatever is drained, binds nobody to a pod, and keeps metrics inside', () => {
    expect(serviceFaults(production, 2)).toEqual([]);
  });

  it('scales on sockets and event-loop lag, not on CPU alone', () => {
    const scaler = production.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec as {
      metrics: readonly { pods?: { metric: { name: string } }; resource?: { name: string } }[];
    };
    expect(scaler.metrics.map(({ pods, resource }) => pods?.metric.name ?? resource?.name)).toEqual([
      'cpu',
      'parley_sockets',
      'nodejs_eventloop_lag_p99_seconds',
    ]);
  });

  it('drains within the time that Kubernetes gives', () => {
    const { data } = production.find(({ kind }) => kind === 'ConfigMap') as unknown as { data: Record<string, string> };
    const drain = Number(data.DRAIN_GRACE_MS) + Number(data.DRAIN_SPREAD_MS) + Number(data.DRAIN_DEADLINE_MS);
    expect(5_000 + drain).toBeLessThan(60_000);
  });
});

describe('the rules', () => {
  it.each([
    ['runAsNonRoot: true', 'runAsNonRoot: false', 'run as root after all'],
    ['runAsUser: 10001', 'runAsUser: 0', 'may run as root'],
    ['type: RuntimeDefault', 'type: Unconfined', 'seccomp'],
    ['allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true', 'gain privileges'],
    ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', 'root file system'],
    ['- ALL', '- NET_RAW', 'capabilities'],
    ['enableServiceLinks: false', 'enableServiceLinks: true', 'variables of every Service'],
    [/memory: 512Mi/, 'memory: 2Gi', 'memory'],
    ['maxUnavailable: 0', 'maxUnavailable: 1', 'takes pods away'],
    ['terminationGracePeriodSeconds: 60', 'terminationGracePeriodSeconds: 30', 'drain'],
    [/(livenessProbe:[\s\S]+?)\/health\/live/, '$1/health/ready', 'Redis is away'],
    ['topologyKey: topology.kubernetes.io/zone', 'topologyKey: rack', 'share a machine'],
    [/image: (\S+):0.1.0/, 'image: $1', 'fixed version'],
    ['emptyDir:', 'hostPath: { path: / }\n        ignored:', 'folder of its machine'],
  ])('find a pod in which %s became %s', (before, after, fault) => {
    expect(workloadFaults(changed(before, after)).join('\n')).toContain(fault);
  });

  it.each([
    ['podSelector: {}', 'podSelector: { matchLabels: { a: b } }', 'no policy names'],
    [
      /namespaceSelector:\n\s+matchLabels:\n\s+kubernetes.io\/metadata.name: ingress-nginx/,
      'namespaceSelector: {}',
      'anyone',
    ],
    [/port: 5432/, 'port: 443', 'more than names'],
    [/podSelector:\n\s+matchLabels:\n\s+app.kubernetes.io\/name: redis/, 'ipBlock: { cidr: 0.0.0.0/0 }', 'go anywhere'],
  ])('find a way in or out where %s became %s', (before, after, fault) => {
    expect(networkFaults(changed(before, after)).join('\n')).toContain(fault);
  });

  it.each([
    ['minAvailable: 2', 'minAvailable: 1', 'fewer than 2'],
    ['minReplicas: 3', 'minReplicas: 2', 'drained'],
    ['sessionAffinity: None', 'sessionAffinity: ClientIP', 'bound to a pod'],
    [/path: \/metrics(\s+pathType)/, 'path: /elsewhere$1', 'metrics'],
  ])('find a service in which %s became %s', (before, after, fault) => {
    expect(serviceFaults(changed(before, after), 2).join('\n')).toContain(fault);
  });
});
