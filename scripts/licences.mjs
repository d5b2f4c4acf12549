import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, ROOT } from './run-command.mjs';

/** Licences that allow running a package and distributing it under Apache-2.0. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** For tools that are neither shipped nor linked: file-level copyleft does not apply. */
const ALLOWED_FOR_TOOLS = new Set([...ALLOWED, 'MPL-2.0']);

/** One allowed licence of `A OR B` suffices; of `A AND B`, both must be allowed. */
const isAllowed = (expression, allowed) =>
  expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/i)
    .some((choice) => choice.split(/\s+AND\s+/i).every((name) => allowed.has(name.trim())));

/** The licence in a package's own package.json, if the lock file has none. */
const licenceOf = (path, { license }) => {
  if (license !== undefined) return license;
  const file = join(ROOT, path, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const said = manifest.license ?? manifest.licenses?.map?.(({ type }) => type).join(' OR ');
  return typeof said === 'object' ? said?.type : said;
};

/** Checks that every package of the lock file has a licence that allows its use. */
export const licences = () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const counts = new Map();
  const refused = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || entry.link === true) continue;
    // Binaries of other platforms are not installed; the package that depends on them has the same licence.
    const licence = licenceOf(path, entry) ?? (entry.optional === true ? 'optional, not installed' : 'none');
    const isTool = entry.dev === true || entry.devOptional === true;
    counts.set(licence, (counts.get(licence) ?? 0) + 1);
    if (licence === 'optional, not installed') continue;
    if (!isAllowed(licence, isTool ? ALLOWED_FOR_TOOLS : ALLOWED))
      refused.push(`${path.replace(/^.*node_modules\//, '')}: ${licence}`);
  }
  for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a))
    console.log(`${String(count).padStart(5)}  ${licence}`);
  if (refused.length > 0) throw new CommandFailed(`Licences that are not allowed:\n${refused.join('\n')}`);
  console.log('\nlicences: all allowed');
};
