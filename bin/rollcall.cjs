#!/usr/bin/env node
'use strict';
// The command. In a checkout it runs the sources, in an installed package the compiled program.
var fs = require('fs');
var path = require('path');
var root = path.join(__dirname, '..');
var source = path.join(root, 'src', 'main.ts');
var args = fs.existsSync(source)
  ? ['--conditions=source', source]
  : [path.join(root, 'dist', 'main.js')];
require('./node.cjs').run(args.concat(process.argv.slice(2)));
