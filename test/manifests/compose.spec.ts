import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** Every key that the compose file uses; one that is not of the Compose Specification would be caught here by its name. */
const SERVICE_KEYS =
  'build cap_drop command depends_on entrypoint environment healthcheck image logging mem_limit networks pids_limit ports read_only restart secrets security_opt stop_grace_period tmpfs user volumes'.split(
    ' ',
  );

describe('the compose file', () => {
  const compose = parse(read('docker/compose.yaml'), { merge: true }) as Compose;
  const context = Object.entries(compose.services);
  const nodes = context.filter(([name]) => name.startsWith('node-'));

  it('has two nodes, a proxy, Redis, PostgreSQL and a TURN server', () => {
    expect(Object.keys(compose.services)).toEqual(['proxy', 'node-1', 'node-2', 'redis', 'postgres', 'coturn']);
  });

  it.each(context)('uses known settings for %s, and names only what there is', (_name, service) => {
    expect(Object.keys(service).filter((key) => !SERVICE_KEYS.includes(key))).toEqual([]);
    for (const network of service.networks ?? []) expect(compose.networks).toHaveProperty([network]);
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty([secret]);
    for (const other of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty([other]);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(read(join('docker', source))).not.toBe('');
      else expect(compose.volumes).toHaveProperty([source]);
    }
  });

  it.each(context)('runs %s as an ordinary user who can change nothing', (_name, service) => {
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect([service.cap_add, service.privileged, service.network_mode]).toEqual([undefined, undefined, undefined]);
  });

  it.each(context)('knows whether %s is well, and its version', (_name, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.image).toMatch(/:[^:]+$/);
    expect(service.image).not.toContain(':latest');
  });

  it.each(context)('gives %s its secrets as files, none in its environment', (_name, service) => {
    const plain = Object.keys(service.environment ?? {}).filter((key) => /(SECRET|PASSWORD|_URL)$/.test(key));
    expect(plain).toEqual([]);
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(read('docker/secrets/.gitignore')).toMatch(/^\*$/m);
  });

  it('starts the nodes when Redis and PostgreSQL are well, and the proxy when the nodes are', () => {
    for (const [, node] of nodes) {
      expect(node.depends_on).toEqual({
        redis: { condition: 'service_healthy' },
        postgres: { condition: 'service_healthy' },
      });
    }
    expect(Object.keys(compose.services.proxy?.depends_on ?? {})).toEqual(nodes.map(([name]) => name));
  });

  it('keeps Redis and PostgreSQL from the outside, and the relay from everything', () => {
    expect(compose.networks.back?.internal).toBe(true);
    expect(compose.services.redis?.networks).toEqual(['back']);
    expect(compose.services.postgres?.networks).toEqual(['back']);
    expect(context.filter(([, { networks }]) => networks?.includes('relay')).map(([name]) => name)).toEqual(['coturn']);
    expect(context.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['proxy', 'coturn']);
  });

  it('makes every secret that it names', () => {
    const made = [...read('docker/make-secrets.sh').matchAll(/^keep (\w+) |-(?:keyout|out) "\$folder\/(\w+)"/gm)].map(
      ([, kept, written]) => kept ?? written,
    );
    expect(made.sort()).toEqual(Object.keys(compose.secrets).sort());
  });
});

describe('the proxy', () => {
  const nginx = read('docker/nginx.conf');

  it('passes sockets on, binds nobody to a node, and keeps metrics inside', () => {
    expect(nginx).toContain('proxy_set_header Upgrade $http_upgrade;');
    expect(nginx).toContain('proxy_set_header Connection $connection_upgrade;');
    expect(nginx).not.toMatch(/ip_hash|sticky|hash \$/);
    expect(nginx).toMatch(/location = \/metrics \{ return 404; \}/);
  });

  it('says itself where a request came from', () => {
    expect(nginx).toContain('proxy_set_header X-Forwarded-For $remote_addr;');
    expect(nginx).not.toContain('$proxy_add_x_forwarded_for');
  });

  it('looks the names of the nodes up again while it runs', () => {
    expect(nginx).toMatch(/^\s*resolver 127\.0\.0\.11 /m);
    const servers = [...nginx.matchAll(/^\s*server (node-\d):3000 (.*);$/gm)];
    expect(servers.map(([, name]) => name)).toEqual(['node-1', 'node-2']);
    for (const [, , flags] of servers) expect(flags).toMatch(/\bresolve\b/);
  });
});
