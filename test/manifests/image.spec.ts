import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the image', () => {
  const lines = read('docker/Dockerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages = lines
    .join('\n')
    .split(/^(?=FROM )/m)
    .slice(1);
  const final = stages.at(-1) ?? '';

  it('is built in stages from one base that the builder can choose', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(stages.map((stage) => stage.split('\n')[0]?.split(' ')[1])).toEqual(stages.map(() => '$' + '{BASE}'));
    expect(lines[0]).toMatch(/^ARG BASE=\S+node:20-bookworm-slim$/);
  });

  it('installs exactly what is locked, and leaves development packages behind', () => {
    expect(stages[0]).toContain('RUN npm ci ');
    expect(stages[0]).toContain('npm prune --omit=dev');
    expect(final).not.toMatch(/^RUN /m);
  });

  it('runs as a user by number, who is not root and owns nothing', () => {
    expect(final).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(final).not.toContain('--chown');
  });

  it('is asked whether it is ready, and started without a shell', () => {
    expect(final).toMatch(/^HEALTHCHECK .+\/health\/ready/m);
    expect(final).toContain('CMD ["node", "dist/main.js"]');
  });

  it('names its title, description and licence', () => {
    for (const name of ['title', 'description', 'licenses']) {
      expect(final).toContain(`org.opencontainers.image.${name}=`);
    }
  });

  it('is told no secret', () => {
    expect(lines.join('\n')).not.toMatch(/SECRET|PASSWORD|TOKEN|DATABASE_URL|REDIS_URL/);
  });

  it('knows every workspace, or npm ci would refuse the lock', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const ignored = read('.dockerignore').split('\n');
    for (const name of workspaces) {
      expect(stages[0]).toContain(`COPY ${name}/package.json ${name}/`);
      expect(ignored).toContain(`!${name}`);
    }
  });

  it('takes nothing of the folder but what is named', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toContain('*');
    const named = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(named).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'src', 'protocol', 'client']));
    for (const stored of ['.git', '.env', 'data', 'docker', 'node_modules']) expect(named).not.toContain(stored);
  });
});
