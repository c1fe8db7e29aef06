/**
 * `npm run demo`: Rollcall on an organisation with real trouble in it, from the first look to the day HR delivers half a
 * file. Every command shown is the real one. The demo checks its own claims and fails where one does not hold.
 *
 *     --folder DIR     where the organisation is made (default: demo)
 *     --program FILE   an installed rollcall command instead of the sources
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { optionsOf, refuse } from '../../scripts/options.ts';
import { type Checksums, differences, fileChecksums, tableChecksums } from './checksums.ts';
import { applyEdits, busyDay, JOINER } from './edits.ts';
import { hrFile } from './hr.ts';
import { BADGES_FILE, DIRECTORY_FILE, HR_FILE, PHONEBOOK_FILE, writeOrganisation } from './organisation.ts';
import { chapter, program, say } from './program.ts';

const { values: options } = optionsOf(import.meta.url, {
  folder: { type: 'string', default: 'demo' },
  program: { type: 'string' },
});
const folder = resolve(options.folder);
const store = join(folder, 'rollcall.db');
const TARGETS = [DIRECTORY_FILE, PHONEBOOK_FILE];
/** Written in every run: the run's own record, who began it, cursors, counters. */
const MOVING = {
  tables: ['run', 'counter', 'audit_event', 'audit_segment', 'audit_value'],
  columns: { connection: ['cursor', 'checkpoint', 'baseline', 'last_read', 'last_complete_read', 'read_mark'] },
};

function claim(holds: boolean, text: string): void {
  if (!holds) throw new Error(`This should hold and does not: ${text}`);
  say(`✓ ${text}`);
}

function makeFolder(): void {
  if (existsSync(folder) && !existsSync(join(folder, 'rollcall.yaml'))) {
    refuse(`${folder} is there and is not a demo: choose another one with --folder`);
  }
  rmSync(folder, { recursive: true, force: true });
}

function allChecksums(): Checksums {
  return new Map([...fileChecksums(folder, TARGETS), ...tableChecksums(store, MOVING)]);
}

interface Report {
  readonly connections: readonly {
    readonly connection: string;
    readonly written: number;
    readonly disabled: number;
    readonly deleted: number;
  }[];
}
const sum = (report: Report, what: 'written' | 'disabled' | 'deleted'): number =>
  report.connections.reduce((all, one) => all + one[what], 0);

makeFolder();
const begun = performance.now();
const today = new Date().toISOString().slice(0, 10);
const { staff, hr, accounts, cast } = writeOrganisation(folder, { seed: 7, today });
const rollcall = program(folder, options.program);

chapter(
  1,
  'An organisation',
  `${HR_FILE}: ${hr.length} contracts of ${staff.length} people, names in many scripts, a manager cycle, some who left, some still to come.`,
  `${DIRECTORY_FILE}: ${accounts} accounts with old titles, wrong managers, doubles, leavers still enabled, accounts of nobody.`,
  `${BADGES_FILE}: badge numbers and rooms, nothing else.  ${PHONEBOOK_FILE}: to be made.`,
  'rollcall.yaml says how they belong together.',
);
rollcall.show(['check']);

chapter(
  2,
  'First contact',
  'Everything is read and worked out. New targets are only watched: nothing is written before somebody approves.',
);
const untouched = fileChecksums(folder, TARGETS);
rollcall.show(['run'], [3]);
claim(differences(untouched, fileChecksums(folder, TARGETS)).length === 0, 'no target was touched');

chapter(
  3,
  'Two sources disagree',
  `HR and the directory have different mobile numbers of ${cast.conflict.name.given} ${cast.conflict.name.family}.`,
);
rollcall.show(['explain', cast.conflict.employeeId, 'mobile']);

chapter(4, 'The first plan, approved by name');
rollcall.show(['plan', '--limit', '3'], [2]);
for (const target of ['directory', 'phonebook'])
  rollcall.show(['approve', target, '--as', 'Ada Lovelace', '--reason', 'read through, looks right']);
rollcall.show(['run']);

chapter(5, 'One person, two accounts', 'The second account of one person is parked for somebody to decide; it is not touched.');
rollcall.show(['parked', '--kind', 'duplicateAccount', '--limit', '3']);

chapter(
  6,
  'Left, and still enabled',
  `${cast.gone.name.given} ${cast.gone.name.family} left on ${cast.gone.contracts[0]!.ends}; nobody had told the directory.`,
);
rollcall.show(['history', cast.gone.employeeId]);
claim(accountOf(cast.gone.employeeId).includes('nsAccountLock: TRUE'), 'the account is disabled now');

chapter(7, 'Quiet is silent', 'Nothing has changed since: the second cycle reads everything and writes nothing.');
const before = allChecksums();
rollcall.show(['run']);
const after = allChecksums();
for (const name of differences(before, after)) say(`  DIFFERENT  ${name}`);
claim(
  differences(before, after).length === 0,
  `${TARGETS.length} target files and ${after.size - TARGETS.length} tables have the same checksum as before`,
);

const { edits, joiner, joinerText } = busyDay(cast, today);
chapter(8, 'A busy day in HR', ...edits.map((edit) => `  · ${edit.text}`), `  · ${joinerText}`);
const edited = hrFile(applyEdits(hr, edits, joiner));
writeFileSync(join(folder, HR_FILE), edited);
rollcall.show(['plan', '--read'], [2]);
rollcall.show(['run']);
rollcall.show(['explain', JOINER]);
rollcall.show(['explain', cast.mover.employeeId, 'title']);
claim(accountOf(cast.leaver.employeeId).includes('nsAccountLock: TRUE'), 'the leaver is disabled');
claim(accountOf(JOINER).includes('nsAccountLock: FALSE'), 'the joiner has an account');
claim(sum(rollcall.ask(['run']) as Report, 'written') === 0, 'and the cycle after it is silent again');

chapter(
  9,
  'HR delivers half a file',
  'The export broke off in the middle of a line. Somebody who is missing there has not left.',
);
const settled = fileChecksums(folder, TARGETS);
writeFileSync(join(folder, HR_FILE), edited.slice(0, Math.floor(edited.length * 0.4)));
rollcall.show(['run'], [0, 3]);
claim(differences(settled, fileChecksums(folder, TARGETS)).length === 0, 'no account was disabled, deleted or changed');
writeFileSync(join(folder, HR_FILE), edited);
claim(sum(rollcall.ask(['run'], [0, 3]) as Report, 'written') === 0, 'with the whole file back, there is nothing to repair');

const here = relative(process.cwd(), folder) || '.';
// Not by npx, which asks the public registry where the folder is not one of the clone's.
const command = options.program ?? `node ${relative(folder, join(import.meta.dirname, '../../bin/rollcall.cjs'))}`;
claim(
  (rollcall.ask(['explain', 'zoe.celik', 'mail']) as { readonly label: string }).label === 'Zoë Çelik',
  'whom the README asks about is somebody here',
);
chapter(
  10,
  'Yours now',
  `All of it is in ${here}/: ${HR_FILE}, ${TARGETS.join(', ')}, rollcall.yaml, and the store rollcall.db.`,
  `Made in ${((performance.now() - begun) / 1000).toFixed(0)} s. Go on from here:`,
  '',
  `    cd ${here}`,
  `    ${command} people zoe                 find somebody, accents or not`,
  `    ${command} explain zoe.celik mail     why it is as it is: winner, losers, rule and run`,
  `    ${command} parked                     what waits for a decision`,
  `    edit hr/employees.csv, then: ${command} plan --read`,
);

/** The record of a person's own account, folded lines joined. */
function accountOf(employeeId: string): string {
  const records = readFileSync(join(folder, DIRECTORY_FILE), 'utf8')
    .replace(/\r?\n /g, '')
    .split(/\n\n+/);
  return (
    records.find((record) => record.includes(`\nemployeeNumber: ${employeeId}`) && !/^dn: uid=[^,]*-old,/m.test(record)) ?? ''
  );
}
