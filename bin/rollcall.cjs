#!/usr/bin/env node
'use strict';
// The command. In a checkout it runs the sources, in an installed package the compiled program.
var fs = require('fs');
var path = require('path');
var node = require('./node.cjs');
var root = path.join(__dirname, '..');
var source = path.join(root, 'src', 'main.ts');
var program = path.join(root, 'dist', 'main.js');
var starting = path.join(__dirname, 'starting.cjs');
var args = process.argv.slice(2);

if (fs.existsSync(source)) node.run([node.FROM_SOURCE, '--require', starting, source].concat(args), starting);
else if (node.find() === process.execPath) {
  require(starting);
  require('./import.cjs')(program);
} else node.run(['--require', starting, program].concat(args), starting);
