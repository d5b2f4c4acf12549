const Sequencer = require('@jest/test-sequencer').default;

/** Files that take more than a minute, the longest first: started last, they would run while the other core is idle. */
const LONG = [
  'faults/nemesis',
  'browser/turn',
  'faults/redis.spec',
  'faults/nodes',
  'faults/failpoints',
  'faults/clients',
];

const rank = ({ path }) => {
  const at = LONG.findIndex((name) => path.includes(name));
  return at < 0 ? LONG.length : at;
};

/**
 * Orders test files so that workers finish at about the same time; the rest stay in alphabetical order, as in any run.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : 1));
  }
};
