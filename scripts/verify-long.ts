/**
 * `npm run verify:long`: hours, by hand, when something is to be released. Ended and started again it goes on where it was.
 *
 *     --part NAME     only this part; may be given several times
 *     --minutes N     begins nothing new after so many minutes
 *     --bench         with the benchmarks of a million people, on both stores
 *     --seed N        the seed of a new one (default: of the day); one that goes on has its own, and no other
 *     --again         what failed before is done once more
 *     --keep          what is done is kept as a result though pieces are left: a night may end before they do
 *
 * Exit code 0 when every piece asked for is done and passed, 1 when one failed, 2 when there was no time for all, or the
 * options are wrong.
 */
import { relative } from 'node:path';
import { type Piece, pieces } from './long/parts.ts';
import { type Done, openRecord } from './long/record.ts';
import { runPiece } from './long/run.ts';
import { duration, leftWords } from './long/words.ts';
import { oneOf, optionsOf, refuse, wholeNumber } from './options.ts';
import { type PostgresServer, startPostgres } from './servers/postgres.ts';
import { ROOT } from './tests.ts';

const { values: options } = optionsOf(import.meta.url, {
  part: { type: 'string', multiple: true, default: [] },
  minutes: { type: 'string' },
  bench: { type: 'boolean', default: false },
  seed: { type: 'string' },
  again: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
});
const minutes = options.minutes === undefined ? Number.POSITIVE_INFINITY : Number(options.minutes || Number.NaN);
if (!(minutes >= 0)) refuse(`--minutes must be a number from 0, not '${options.minutes}'`);
const newSeed = options.seed === undefined ? Math.floor(Date.now() / 86_400_000) : wholeNumber('--seed', options.seed, 0);
const parts = [...new Set(pieces(newSeed, options.bench).map(({ part }) => part))];
const asked = options.part.length === 0 ? parts : options.part.map((name) => oneOf('part', name, parts));

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const record = openRecord(newSeed);
if (options.seed !== undefined && record.head.seed !== newSeed)
  refuse(
    `--seed is of a new one, and one of ${record.head.commit} with the seed ${record.head.seed} goes on: leave it out, or remove ${relative(ROOT, record.file)} to begin anew`,
  );
if (options.again) record.forgetFailed();
const all = pieces(record.head.seed, options.bench);
const wanted = all.filter(({ part }) => asked.includes(part));
const missing = (of: readonly Piece[]): Piece[] => of.filter((piece) => record.done(piece) === undefined);

const { commit, changed, seed } = record.head;
say(`commit ${commit}${changed ? ', with changes that are not committed: a trial, not kept as a result' : ''}; seed ${seed}`);
say(`${wanted.length - missing(wanted).length} of ${wanted.length} pieces are done`);

const ended = new AbortController();
process.once('SIGINT', () => ended.abort());
process.once('SIGTERM', () => ended.abort());
let postgres: PostgresServer | undefined;
const begun = performance.now();
for (const piece of missing(wanted)) {
  if (ended.signal.aborted || (performance.now() - begun) / 60_000 >= minutes) break;
  if (!record.same())
    throw new Error(`the sources are not those of ${commit} any more: what is done of it is kept, and goes on there`);
  if (piece.needsPostgres && process.env['ROLLCALL_TEST_POSTGRES'] === undefined) {
    postgres = await startPostgres({ install: true });
    process.env['ROLLCALL_TEST_POSTGRES'] = postgres.url;
  }
  process.env['ROLLCALL_TEST_REQUIRED'] = 'true';
  const done = await runPiece(piece, record.outputs, ended.signal);
  if (done === null) break;
  record.add(done);
  tell(done);
}
await postgres?.stop();

const left = missing(wanted);
const failed = record.all().filter((one) => one.failed > 0 && wanted.some(({ part }) => part === one.part));
for (const part of new Set(asked)) summary(part);
for (const one of failed) say(`failed: ${one.part} ${one.piece + 1}, seed ${one.seed}: ${one.output}\n  again: ${one.again}`);
if (failed.length > 0) say('mend it, or with --again do once more what failed; it is no result while something failed');
if (left.length > 0) say(leftWords({ left: left.length, of: wanted.length, seconds: remaining(left), minutes }));
else if (missing(all).length === 0 && failed.length === 0 && !changed) say(`all passed: ${relative(ROOT, record.finish())}`);
if (options.keep && missing(all).length > 0 && failed.length === 0 && !changed) say(`so far: ${relative(ROOT, record.keep())}`);
process.exitCode = failed.length > 0 ? 1 : left.length > 0 ? 2 : 0;

function tell(one: Done): void {
  const now = missing(wanted);
  const how = one.failed === 0 ? `${one.passed} passed` : `${one.failed} FAILED`;
  const rest = now.length === 0 ? '' : `; ${now.length} pieces left, about ${duration(remaining(now))}`;
  say(`${one.part} ${one.piece + 1} of ${one.of}, seed ${one.seed}: ${how} in ${duration(one.seconds)}${rest}`);
}

function summary(part: string): void {
  const of = all.filter((piece) => piece.part === part);
  const done = of.flatMap((piece) => record.done(piece) ?? []);
  const sums = new Map<string, number>();
  for (const { amount, failed: lost } of done)
    if (lost === 0) for (const [what, n] of Object.entries(amount)) sums.set(what, (sums.get(what) ?? 0) + n);
  const good = [...sums].map(([what, n]) => `, ${n} ${what}`).join('');
  const bad = done.filter((one) => one.failed > 0).length;
  say(`${part.padEnd(20)} ${done.length} of ${of.length} pieces${good}${bad > 0 ? `, ${bad} FAILED` : ''}`);
}

/** Seconds, by what the pieces of the same part took so far. */
function remaining(some: readonly Piece[]): number {
  return some.reduce((sum, { part, guessedSeconds }) => {
    const done = record.all().filter((one) => one.part === part && one.failed === 0);
    return sum + (done.length === 0 ? guessedSeconds : done.reduce((total, one) => total + one.seconds, 0) / done.length);
  }, 0);
}
