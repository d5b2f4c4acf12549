'use strict';
// Loaded into a server: collects its garbage when it is asked to, so that what is resident is what is needed.
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
// Pages half full of what is gone would count, and how many there are is chance.
setFlagsFromString('--compact-on-every-full-gc');
const collect = runInNewContext('gc');

process.on('SIGCONT', () => collect());
