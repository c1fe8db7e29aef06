'use strict';
// Loaded before the program, which takes about a second: a Ctrl-C meanwhile ends it and says that nothing was done. Once the
// program listens itself, this one is silent. Old syntax on purpose, see node.cjs.
var begun = false;

/** What a start that was broken off leaves behind. */
exports.STOPPED = 'Stopped before it began: nothing was read and nothing was written.\n';

function stop(signal) {
  if (process.listenerCount(signal) > 1) return;
  if (!begun) process.stderr.write(exports.STOPPED);
  process.exit(begun && process.exitCode !== undefined ? process.exitCode : 130);
}

// SIGUSR2 is a SIGINT that the launcher got, see node.cjs.
['SIGINT', 'SIGTERM'].concat(process.platform === 'win32' ? [] : ['SIGUSR2']).forEach(function (signal) {
  process.on(signal, stop);
});
process.on('newListener', function (event) {
  if (event === 'SIGINT') begun = true;
});
