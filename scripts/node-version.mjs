import process from 'node:process';

/** The oldest Node that the dependencies support, as in `engines.node` of package.json. */
const LEAST = [20, 19];

/** Import this first: it ends the process with one line if Node is too old for the other imports. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  console.error(
    `Parley needs Node ${LEAST.join('.')} or later; this is ${process.versions.node}. See https://nodejs.org/`,
  );
  process.exit(1);
}
