import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { CommandFailed, ROOT, runMain } from './run-command.mjs';

const FILE = join(ROOT, 'test-output', 'sbom.cyclonedx.json');

/** Writes a CycloneDX bill of materials of what ships to test-output/sbom.cyclonedx.json: `npm run sbom`. */
const sbom = () => {
  const npm = process.env.npm_execpath;
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
  const { status, stdout, stderr } = npm?.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    : spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new CommandFailed(`npm sbom failed:\n${stderr}`);
  const { components } = JSON.parse(stdout);
  mkdirSync(join(ROOT, 'test-output'), { recursive: true });
  writeFileSync(FILE, stdout);
  console.log(`sbom: ${components.length} components in ${FILE}`);
};

await runMain(async () => sbom());
