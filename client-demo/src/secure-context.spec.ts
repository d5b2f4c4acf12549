import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/**
 * Members that browsers leave out of pages without TLS, except on localhost (W3C Secure Contexts §1.1). A developer at
 * localhost never notices. Each file that may name one handles its absence.
 */
const SECURE_ONLY: Readonly<Record<string, readonly string[]>> = {
  'crypto\\.(?:randomUUID|subtle)': [],
  mediaDevices: ['call/local-media.ts', 'call/outgoing.ts', 'peer/screen.ts', 'room/room.ts'],
  'navigator\\.clipboard': ['ui/copy.ts'],
  'navigator\\.locks': ['state/sign-in.ts'],
  setSinkId: ['call/device-fields.tsx', 'call/video.tsx'],
  'serviceWorker|wakeLock|\\bcaches\\.|navigator\\.(?:storage|credentials|share|usb|hid|serial|gpu|xr)': [],
  'Notification\\(|requestPermission|requestMIDIAccess|geolocation|showOpenFilePicker|showSaveFilePicker': [],
};

const FOLDERS = [import.meta.dirname, join(import.meta.dirname, '../../client/src')];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.spec\.ts$/.test(path))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(folder, path), 'utf8') })),
);

describe('a page without TLS', () => {
  it.each(Object.entries(SECURE_ONLY))('does without %s', (member, handled) => {
    // Comments may name what the code avoids.
    const code = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const found = sources.filter(({ text }) => new RegExp(member).test(code(text))).map(({ path }) => path);
    expect(found.filter((path) => !handled.includes(path))).toEqual([]);
  });
});
