'use strict';
// Apart from rollcall.cjs because `import()` is a syntax error on the oldest Node.js that may get to see that file.
module.exports = function start(file) {
  // The program starts itself when it is what was called.
  process.argv[1] = file;
  return import(require('url').pathToFileURL(file).href);
};
