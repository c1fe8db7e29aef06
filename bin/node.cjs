'use strict';
// Finds a Node.js that can run Rollcall. Old syntax on purpose: this file runs on whatever Node the machine has.
var fs = require('fs');
var os = require('os');
var path = require('path');
var child = require('child_process');

var NEEDED = 24;
/** Platforms for which package.json names a package with a Node.js in it. */
var BUNDLED = ['linux-x64', 'linux-arm64', 'win-x64'];

/** How a SIGINT reaches the program; Windows has no such signal, and its consoles reach everybody. */
var PASSED_ON = process.platform === 'win32' ? null : 'SIGUSR2';

/**
 * A young generation of 8 MB a half instead of what V8 lets it grow to (32): 400 MB become 300 in a quiet cycle of 50,000 people, for 3 % more
 * processor time, and none in a first cycle.
 */
var FLAGS = ['--max-semi-space-size=8'];

/**
 * Of a service besides: all garbage is collected once there is half as much as is in use, not up to three times. What is pushed takes 360 MB
 * instead of 490, for 2 % more processor time; runs go on as V8 likes (service/heap).
 */
exports.SERVICE = ['--heap-growing-percent=50'];

/** Options with a value that may stand before the command's name: the global ones and those of the service. */
var VALUED = ['--config', '--listen', '--log-level', '--log-format'];

/** The first word that is neither an option nor its value: the name of the command. Undefined where there is none. */
exports.command = function command(args) {
  for (var i = 0; i < args.length; i++) {
    var word = args[i];
    if (word === '--') return args[i + 1];
    if (word === '-' || word.charAt(0) !== '-') return word;
    // Of short ones the last may be -c, whose value is the next word: -qc FILE.
    if (VALUED.indexOf(word) >= 0 || /^-[^-c]*c$/.test(word)) i++;
  }
  return undefined;
};

/** The first argument of whatever runs from the sources (package.json, `imports`). */
var FROM_SOURCE = (exports.FROM_SOURCE = '--conditions=source');

function platformName() {
  return (process.platform === 'win32' ? 'win' : process.platform) + '-' + process.arch;
}

/** Path of a Node.js 24 or newer: the one running, the bundled platform package, or null. */
exports.find = function find() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  var name = 'node-' + platformName();
  try {
    var root = path.dirname(require.resolve(name + '/package.json'));
    var file = process.platform === 'win32' ? path.join(root, 'bin', 'node.exe') : path.join(root, 'bin', 'node');
    return fs.existsSync(file) ? file : null;
  } catch (_) {
    return null;
  }
};

/**
 * Where an installed program keeps what V8 compiled of it, a tenth of the time of a start: only where nobody else can write, since it is run
 * as it is. Null where there is no such place, as for a user without a home.
 */
function ownCache(env) {
  try {
    var caches = process.platform === 'win32' ? env.LOCALAPPDATA : env.XDG_CACHE_HOME || path.join(os.userInfo().homedir, '.cache');
    if (!caches) return null;
    var folder = path.join(caches, 'rollcall', 'compiled');
    fs.mkdirSync(folder, { recursive: true, mode: 448 }); // 0700
    var there = fs.statSync(folder);
    return process.platform === 'win32' || (there.uid === process.getuid() && (there.mode & 18) === 0) ? folder : null; // 0022
  } catch (_) {
    return null;
  }
}

/** Runs that Node.js with these arguments; streams, signals and exit code are passed on. `starting`: it says what a signal ends. */
exports.run = function run(args, starting) {
  var node = exports.find();
  if (!node) {
    var platform = platformName();
    process.stderr.write(
      'rollcall needs Node.js ' + NEEDED + ' or newer; this is ' + process.versions.node + '. ' +
        (BUNDLED.indexOf(platform) >= 0
          ? 'The one for ' + platform + ' comes with its packages, which are not installed: run npm ci first.\n'
          : 'None is bundled for ' + platform + ': install Node.js ' + NEEDED + '.\n'));
    process.exit(1);
  }
  // Whatever is started from here finds the same Node first on its PATH.
  var env = Object.assign({}, process.env);
  var key = Object.keys(env).filter(function (k) { return k.toUpperCase() === 'PATH'; })[0] || 'PATH';
  env[key] = path.dirname(node) + path.delimiter + (env[key] || '');
  if (!env.NODE_COMPILE_CACHE) {
    // Sources are stripped of their types once, not again by each process and each thread that loads them.
    var cache = args[0] === FROM_SOURCE ? path.join(__dirname, '..', 'node_modules', '.cache', 'node') : ownCache(env);
    if (cache) env.NODE_COMPILE_CACHE = cache;
  }
  // glibc keeps what threads free in ever larger pieces for itself: a first cycle of 50,000 people peaks at 937 MB, so at 758.
  if (!env.MALLOC_MMAP_THRESHOLD_) env.MALLOC_MMAP_THRESHOLD_ = '262144';
  if (!env.MALLOC_TRIM_THRESHOLD_) env.MALLOC_TRIM_THRESHOLD_ = '1048576';
  var started = child.spawn(node, FLAGS.concat(args), { stdio: 'inherit', env: env });
  ['SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () { started.kill(signal); });
  });
  // A terminal sends SIGINT to the whole group, so the child may have it already: it is passed on as another signal, and the
  // program counts the two as one. What does not know that signal would die of it. A listener keeps this launcher alive meanwhile.
  process.on('SIGINT', function () { if (starting && PASSED_ON) started.kill(PASSED_ON); });
  started.on('error', function (error) {
    process.stderr.write('rollcall could not start ' + node + ': ' + error.message + '\n');
    process.exit(1);
  });
  started.on('exit', function (code, signal) {
    if (!signal) process.exit(code === null ? 1 : code);
    // Ended before it could listen.
    var stopped = signal === PASSED_ON ? 'SIGINT' : signal;
    if (starting && (stopped === 'SIGINT' || stopped === 'SIGTERM')) process.stderr.write(require(starting).STOPPED);
    process.removeAllListeners(stopped);
    process.kill(process.pid, stopped);
    // The first process of a container is not ended by its own signals: then it says so as a shell does. Later, since delivery takes a moment.
    setTimeout(function () { process.exit(128 + (os.constants.signals[stopped] || 0)); }, 100);
  });
};
