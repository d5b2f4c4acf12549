import type { Manifest } from './manifest.js';

interface Labels {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface NetworkPeer {
  readonly podSelector?: Labels;
  readonly namespaceSelector?: Labels;
  readonly ipBlock?: { readonly cidr: string };
}

interface NetworkPolicySpec {
  readonly podSelector: Labels;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly NetworkPeer[]; readonly ports?: readonly unknown[] }[];
  readonly egress?: readonly {
    readonly to?: readonly NetworkPeer[];
    readonly ports?: readonly { readonly port: number | string }[];
  }[];
}

interface IngressSpec {
  readonly rules: readonly {
    readonly http: {
      readonly paths: readonly {
        readonly path: string;
        readonly backend: { readonly service: { readonly name: string } };
      }[];
    };
  }[];
}

const one = <T>(manifests: readonly Manifest[], kind: string, name = 'parley'): T | undefined =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)?.spec as T | undefined;

/** Whom Parley's pods may talk to: a line for each way in or out that should not be there. */
export const networkFaults = (manifests: readonly Manifest[]): string[] => {
  const faults: string[] = [];
  const closed = one<NetworkPolicySpec>(manifests, 'NetworkPolicy', 'default-deny');
  const deniesAll =
    closed !== undefined &&
    Object.keys(closed.podSelector).length === 0 &&
    closed.policyTypes?.join() === 'Ingress,Egress' &&
    !closed.ingress?.length &&
    !closed.egress?.length;
  if (!deniesAll) faults.push('what no policy names is allowed');
  const own = one<NetworkPolicySpec>(manifests, 'NetworkPolicy');
  if (own?.policyTypes?.join() !== 'Ingress,Egress') faults.push('Parley has no policy for both ways');
  for (const { from = [], ports = [] } of own?.ingress ?? []) {
    if (from.length === 0 || ports.length === 0 || from.some(isAnywhere)) faults.push('anyone may come in');
  }
  for (const { to = [], ports = [] } of own?.egress ?? []) {
    if (to.length === 0 || to.some(isAnywhere)) faults.push('Parley may go anywhere');
    if (ports.length === 0 || ports.some(({ port }) => ![53, 5432, 6379].includes(Number(port)))) {
      faults.push('Parley may talk to more than names, Redis and PostgreSQL');
    }
  }
  return faults;
};

const isEmpty = (labels: Labels | undefined): boolean =>
  labels === undefined || Object.keys(labels.matchLabels ?? {}).length === 0;

const isAnywhere = ({ podSelector, namespaceSelector, ipBlock }: NetworkPeer): boolean =>
  ipBlock === undefined ? isEmpty(podSelector) && isEmpty(namespaceSelector) : /\/(?:[0-7])$/.test(ipBlock.cidr);

/**
 * Whether there are always pods enough, and nothing internal is outside.
 * @param least the pods that must stay whatever is drained
 */
export const serviceFaults = (manifests: readonly Manifest[], least: number): string[] => {
  const faults: string[] = [];
  const budget = one<{ minAvailable?: number }>(manifests, 'PodDisruptionBudget')?.minAvailable ?? 0;
  const replicas = one<{ replicas: number }>(manifests, 'Deployment')?.replicas ?? 0;
  const autoscaler = one<{ minReplicas?: number }>(manifests, 'HorizontalPodAutoscaler');
  if (budget < least) faults.push(`a drain may leave fewer than ${least} pods`);
  if (Math.min(replicas, autoscaler?.minReplicas ?? replicas) <= budget) faults.push('no machine can be drained');
  const service = one<{ sessionAffinity?: string }>(manifests, 'Service');
  if (service?.sessionAffinity !== 'None') faults.push('a client is bound to a pod');
  const ingress = one<IngressSpec>(manifests, 'Ingress');
  const closed = (path: string) =>
    ingress?.rules.every(({ http }) =>
      http.paths.some((rule) => rule.path === path && rule.backend.service.name === 'parley-closed'),
    ) ?? true;
  if (!closed('/metrics')) faults.push('metrics are open to the internet');
  return faults;
};
