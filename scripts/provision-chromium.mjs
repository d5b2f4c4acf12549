import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { aptInstall, canAptInstall, runs } from './apt.mjs';
import { CommandFailed, ROOT, runTool } from './run-command.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const INSTALL = 'install Chromium, or name one in PARLEY_CHROMIUM';

const onPath = () => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => existsSync(path) && runs(path));
};

/** Ubuntu's package only points at a snap, which servers and containers lack; Playwright fetches a real one. */
const fromPlaywright = async () => {
  process.env.PLAYWRIGHT_BROWSERS_PATH ??= join(ROOT, '.cache', 'playwright');
  const { chromium } = await import('playwright-core');
  const path = chromium.executablePath();
  if (!runs(path)) {
    const args = ['install', ...(canAptInstall() ? ['--with-deps'] : []), '--no-shell', 'chromium'];
    await runTool('fetching Chromium', 'playwright-core/cli.js', args);
  }
  return runs(path) ? path : undefined;
};

/**
 * A Chromium for the browser tests: PARLEY_CHROMIUM, one on the PATH, Debian's package, or Playwright's.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findChromium = async () => {
  const named = process.env.PARLEY_CHROMIUM;
  if (named) {
    if (runs(named)) return named;
    throw new CommandFailed(`PARLEY_CHROMIUM=${named} does not run: ${INSTALL}`);
  }
  const present = onPath();
  if (present !== undefined) return present;
  const attempts = [...(canAptInstall() ? [() => aptInstall('chromium').then(onPath)] : []), fromPlaywright];
  for (const attempt of attempts) {
    const found = await attempt().catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new CommandFailed(`The browser tests need Chromium: ${INSTALL}`);
};
