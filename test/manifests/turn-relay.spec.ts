import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { isDenied, parseTurnConfig } from './turn-relay.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the TURN relay', () => {
  const settings = parseTurnConfig(read('docker/turnserver.conf'));

  it.each([
    '0.0.0.1',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.0.1',
    '192.168.255.255',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '::1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'febf::1',
    'ff02::1',
  ])('does not lead to %s', (address) => {
    expect(isDenied(settings, address)).toBe(true);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '193.0.0.1', '2a00:1450::1', '2606:4700::1'])(
    'leads to %s',
    (address) => {
      expect(isDenied(settings, address)).toBe(false);
    },
  );

  it('has no range that begins at ::, which coturn takes for every address', () => {
    expect(settings.get('denied-peer-ip')?.filter((range) => range.startsWith('::-'))).toEqual([]);
  });

  it('allows one user, and all together, so much and no more', () => {
    for (const name of ['user-quota', 'total-quota', 'max-bps', 'bps-capacity']) {
      expect(Number(settings.get(name)?.[0])).toBeGreaterThan(0);
    }
  });

  it.each(['use-auth-secret', 'secure-stun', 'no-tcp-relay', 'no-cli', 'no-tlsv1', 'no-tlsv1_1', 'no-multicast-peers'])(
    'has %s',
    (name) => {
      expect(settings.get(name)).toEqual(['']);
    },
  );

  it('forgets a nonce after ten minutes, and holds no secret in its file', () => {
    expect(settings.get('stale-nonce')).toEqual(['600']);
    expect(settings.has('static-auth-secret')).toBe(false);
    expect(settings.has('allow-loopback-peers')).toBe(false);
  });

  it('is at a version that has no way around the denied addresses', () => {
    const { services: context } = parse(read('docker/compose.yaml'), { merge: true }) as {
      services: { coturn: { image: string } };
    };
    const [major, minor] = context.coturn.image.split(':')[1]?.split('.').map(Number) ?? [];
    expect((major ?? 0) * 100 + (minor ?? 0)).toBeGreaterThanOrEqual(409);
  });
});
