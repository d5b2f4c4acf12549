import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { version?: string; integrity?: string; dev?: boolean; link?: boolean; license?: string }>;
};

it('K05 there is one version of ws, with its security fixes', () => {
  const versions = Object.entries(lock.packages).flatMap(([path, { version }]) =>
    /(^|\/)node_modules\/ws$/.test(path) ? [version] : [],
  );
  expect(versions).toHaveLength(1);
  const [major = 0, minor = 0] = (versions[0] ?? '').split('.').map(Number);
  expect(major * 1_000 + minor).toBeGreaterThanOrEqual(8_023);
});

it('K05 every package of the lock file has a checksum', () => {
  const bare = Object.entries(lock.packages).filter(
    ([path, { integrity, link }]) => path.includes('node_modules/') && link !== true && integrity === undefined,
  );
  expect(bare.map(([path]) => path)).toEqual([]);
});

it('K04 T07 neither a manifest, the image nor an example contains a secret', () => {
  const files = ['docker', 'k8s'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)),
  );
  for (const path of files.filter((name) => /\.(ya?ml|conf|sh)$|Dockerfile$/.test(name))) {
    const text = read(path);
    expect([path, text.match(/-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[A-Za-z0-9_-]{20}|sk_live|AKIA[0-9A-Z]{16}/)]).toEqual([
      path,
      null,
    ]);
    const assigned =
      /(?:JWT_SECRET|SESSION_SECRET|TURN_SECRET|static-auth-secret)\s*[:=]\s*["']?([A-Za-z0-9+/=_-]{16,})/.exec(
        text,
      )?.[1];
    expect([path, assigned ?? 'none']).toEqual([
      path,
      expect.stringMatching(/none|change|example|replace|development|openssl/i),
    ]);
  }
});

it('K05 the image runs as an unprivileged user, from a lock file', () => {
  const text = read('docker/Dockerfile');
  expect(text).toMatch(/^USER (?!0|root)/m);
  expect(text).toContain('npm ci');
});
