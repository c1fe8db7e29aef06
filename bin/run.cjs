'use strict';
// Runs a project script on the right Node.js, from the sources: `node bin/run.cjs scripts/verify.ts …`.
require('./node.cjs').run(['--conditions=source'].concat(process.argv.slice(2)));
