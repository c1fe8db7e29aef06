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

// Options that this Node.js was called with are for the program, where it is this one that runs it.
var options = node.find() === process.execPath ? process.execArgv : [];
// Always in a process of its own: what bounds its memory has to be there when it starts.
var from = fs.existsSync(source) ? [node.FROM_SOURCE] : [];
var flags = node.command(args) === 'serve' ? node.SERVICE : [];
node.run(from.concat(flags, options, ['--require', starting, from.length > 0 ? source : program], args), starting);
