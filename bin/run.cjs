'use strict';
// Runs a project script on the right Node.js, from the sources: `node bin/run.cjs scripts/verify.ts …`.
var node = require('./node.cjs');
node.run([node.FROM_SOURCE].concat(process.argv.slice(2)));
