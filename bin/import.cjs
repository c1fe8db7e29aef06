'use strict';
// Apart from rollcall.cjs because `import()` is a syntax error on the oldest Node.js that may get to see that file.
module.exports = function start(file) {
  return import(require('url').pathToFileURL(file).href);
};
