import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, ROOT } from './run-command.mjs';

/** Licences that allow what Parley does with a package: to run it, and to pass it on under Apache-2.0. */
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

/** Of tools alone, that are neither shipped nor linked to: a file-level copyleft asks nothing of us. */
const ALLOWED_FOR_TOOLS = new Set([...ALLOWED, 'MPL-2.0']);

/** One allowed word of `A OR B` is enough; of `A AND B` each must be. */
const isAllowed = (expression, allowed) =>
  expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/i)
    .some((choice) => choice.split(/\s+AND\s+/i).every((name) => allowed.has(name.trim())));

/** What a package says of itself, where the lock file has it not. */
const licenceOf = (path, { license }) => {
  if (license !== undefined) return license;
  const file = join(ROOT, path, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const said = manifest.license ?? manifest.licenses?.map?.(({ type }) => type).join(' OR ');
  return typeof said === 'object' ? said?.type : said;
};

/** Every package of the lock file has a licence that allows its use. */
export const licences = () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const counts = new Map();
  const refused = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || entry.link === true) continue;
    // Another platform's binaries are not here; the package that wants them says the same of itself.
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
