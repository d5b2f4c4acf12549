import { type Manifest, nameOf } from './manifest.js';

/** A pod's template as far as the rules look at it. */
interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: SecurityContext;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
  readonly affinity?: { readonly podAntiAffinity?: unknown };
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly hostPath?: unknown }[];
}

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly allowPrivilegeEscalation?: boolean;
  readonly privileged?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly seccompProfile?: { readonly type: string };
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

interface Probe {
  readonly httpGet?: { readonly path: string };
}

interface Container {
  readonly image: string;
  readonly securityContext?: SecurityContext;
  readonly env?: readonly { readonly name: string; readonly valueFrom?: { readonly secretKeyRef?: unknown } }[];
  readonly envFrom?: readonly { readonly secretRef?: unknown }[];
  readonly resources?: {
    readonly requests?: { readonly memory?: string; readonly cpu?: string };
    readonly limits?: { readonly memory?: string };
  };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

interface Workload {
  readonly replicas: number;
  readonly strategy?: { readonly rollingUpdate?: { readonly maxUnavailable?: number; readonly maxSurge?: number } };
  readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec };
}

/** One rule: what must hold, and a test of it. */
type Rule<T> = readonly [rule: string, holds: (it: T) => boolean];

const broken = <T>(rules: readonly Rule<T>[], it: T): string[] =>
  rules.filter(([, holds]) => !holds(it)).map(([rule]) => rule);

/** Kubernetes' "restricted" pod security standard, and what Parley asks of every pod beyond it. */
const POD: readonly Rule<PodSpec>[] = [
  ['the pod has a token of the Kubernetes API', (pod) => pod.automountServiceAccountToken === false],
  ['the pod has variables of every Service', (pod) => pod.enableServiceLinks === false],
  ['the pod uses the network or processes of its machine', (pod) => !pod.hostNetwork && !pod.hostPID],
  ['the pod may run as root', ({ securityContext: own }) => own?.runAsNonRoot === true && (own.runAsUser ?? 0) > 0],
  ['the pod has no seccomp profile', (pod) => pod.securityContext?.seccompProfile?.type === 'RuntimeDefault'],
  ['the pod mounts a folder of its machine', (pod) => !pod.volumes?.some(({ hostPath }) => hostPath !== undefined)],
];

const CONTAINER: readonly Rule<Container>[] = [
  [
    'a container may run as root after all',
    ({ securityContext: own }) => own?.runAsNonRoot !== false && own?.runAsUser !== 0,
  ],
  [
    'a container has another seccomp profile',
    ({ securityContext: own }) => (own?.seccompProfile?.type ?? 'RuntimeDefault') === 'RuntimeDefault',
  ],
  ['a container may gain privileges', ({ securityContext: own }) => own?.allowPrivilegeEscalation === false],
  ['a container is privileged', ({ securityContext: own }) => own?.privileged !== true],
  ['a container can write its root file system', ({ securityContext: own }) => own?.readOnlyRootFilesystem === true],
  [
    'a container keeps capabilities',
    ({ securityContext: own }) => own?.capabilities?.drop?.includes('ALL') === true && !own.capabilities.add?.length,
  ],
  [
    'memory is promised in another amount than it is limited to',
    ({ resources }) =>
      resources?.limits?.memory !== undefined && resources.requests?.memory === resources.limits.memory,
  ],
  ['an image has no fixed version', ({ image }) => /:[^/]+$/.test(image) && !image.endsWith(':latest')],
  [
    'a secret is in the environment',
    ({ env = [], envFrom = [] }) =>
      !env.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined) &&
      !envFrom.some(({ secretRef }) => secretRef !== undefined),
  ],
];

/** What holds for the pods of Parley itself. */
const PARLEY: readonly Rule<Workload>[] = [
  ['an update takes pods away before it adds one', ({ strategy }) => strategy?.rollingUpdate?.maxUnavailable === 0],
  ['an update adds many pods at once', ({ strategy }) => strategy?.rollingUpdate?.maxSurge === 1],
  ['there is no time to drain', ({ template }) => template.spec.terminationGracePeriodSeconds === 60],
  [
    'balancers have no time to notice a pod that goes',
    ({ template }) => template.spec.containers.every(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds === 5),
  ],
  [
    'a restart is asked for when Redis is away',
    ({ template }) => template.spec.containers.every(({ livenessProbe: own }) => own?.httpGet?.path === '/health/live'),
  ],
  [
    'sessions are sent to a pod that is not ready',
    ({ template }) =>
      template.spec.containers.every(({ readinessProbe: own }) => own?.httpGet?.path === '/health/ready'),
  ],
  [
    'a slow start is taken for a fault',
    ({ template }) => template.spec.containers.every(({ startupProbe: own }) => own?.httpGet?.path === '/health/live'),
  ],
  [
    'pods may share a machine and a zone',
    ({ template: { spec } }) =>
      ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].every((key) =>
        spec.topologySpreadConstraints?.some(({ topologyKey }) => topologyKey === key),
      ) && spec.affinity?.podAntiAffinity !== undefined,
  ],
];

/** A line for each rule that an object breaks: pod security, drains, probes. */
export const workloadFaults = (manifests: readonly Manifest[]): string[] =>
  manifests
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind))
    .flatMap((manifest) => {
      const workload = manifest.spec as Workload;
      const pod = workload.template.spec;
      return [
        ...broken(POD, pod),
        ...pod.containers.flatMap((container) => broken(CONTAINER, container)),
        ...(manifest.metadata.name === 'parley' ? broken(PARLEY, workload) : []),
      ].map((rule) => `${nameOf(manifest)}: ${rule}`);
    });
