'use strict';
// Loaded into every server: collects its garbage when it is asked to, so that what is resident is what is needed.
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGCONT', () => {
  collect();
  // What the first one finalized is free after another.
  setTimeout(collect, 500).unref();
});
