/** What init writes passes check as it is, and runs: from a German export, to a directory that is there, to one that is not. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Place, place } from '../integration/place.ts';
import { asked } from './asked.ts';

const HR = `Personal-Nr.;Vorname;Nachname;E-Mail
1001;Jürgen;Müller;jm@firma.example
1002;Änne;Weiß;aw@firma.example
1003;Jana;Müller;jana@firma.example
`;
const entry = (uid: string, cn: string, more: string): string =>
  `dn: uid=${uid},ou=Leute,dc=firma,dc=example\nobjectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: inetOrgPerson\nobjectClass: firmaPerson\nuid: ${uid}\ncn: ${cn}\nsn: ${cn}\n${more}\n`;
const DIRECTORY = [
  'version: 1\n',
  'dn: dc=firma,dc=example\nobjectClass: domain\ndc: firma\n',
  'dn: ou=Leute,dc=firma,dc=example\nobjectClass: organizationalUnit\nou: Leute\n',
  entry('jmueller', 'Juergen', 'employeeNumber: 1001\nnsAccountLock: FALSE\n'),
  entry('old', 'Otto', 'nsAccountLock: FALSE\n'),
].join('\n');

let here: Place;
beforeEach(async () => {
  here = await place('');
  await mkdir(here.path('hr'));
  await here.write('directory.ldif', DIRECTORY);
});
afterEach(() => here.remove());
const ME = ['--as', 'Ada', '--reason', 'looked at it'];

it.each(['windows-1252', 'utf-16le'])('from %s into a directory that is there', async (encoding) => {
  await here.write('hr/people.csv', iconv.encode(HR, encoding));
  const made = await here.call('init', '--force', '--source', 'csv:hr/people.csv', '--target', 'ldif:directory.ldif');
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toContain(`taken as ${encoding}`);
  const yaml = await here.read('rollcall.yaml');
  for (const line of [
    `encoding: ${encoding}`,
    'dn: ${"uid=" + person.login + ",ou=Leute,dc=firma,dc=example"}',
    'enabled: { attribute: nsAccountLock, on: "FALSE", off: "TRUE" }',
    '- firmaPerson',
    'uniqueIn: [directory.uid]',
    'anchor: dn',
  ])
    expect(yaml).toContain(line);
  const checked = await here.call('check', '--json');
  expect(JSON.parse(checked.out)).toMatchObject({ ok: true, faults: [], warnings: [] });
  await here.run();
  await here.call('approve', 'directory', ...ME);
  await here.run();
  const written = await here.read('directory.ldif');
  expect(written.match(/^dn: uid=.*$/gm)).toEqual([
    'dn: uid=jmueller,ou=Leute,dc=firma,dc=example',
    'dn: uid=old,ou=Leute,dc=firma,dc=example',
    'dn: uid=aweiss,ou=Leute,dc=firma,dc=example',
    'dn: uid=jana.mueller,ou=Leute,dc=firma,dc=example',
  ]);
  expect(written).toContain(`cn:: ${Buffer.from('Änne Weiß').toString('base64')}`);
  expect(written.match(/^objectClass: firmaPerson$/gm)).toHaveLength(4);
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});

it('into a directory that is to be made', async () => {
  await here.write('hr/people.csv', HR);
  const made = await here.call('init', '--force', '--source', 'csv:hr/people.csv', '--target', 'ldif:new.ldif');
  expect(made.out).not.toContain('taken as');
  expect(await here.faults()).toEqual([]);
  await here.run();
  await here.call('approve', 'new', ...ME);
  await here.run();
  expect(await here.read('new.ldif')).toContain('dn: uid=jmueller,ou=people,dc=example,dc=org');
});

it.each<[name: string, argv: string[], said: RegExp]>([
  ['one name for both', ['--source-name', 'book', '--target-name', 'book', '--target', 'csv:o.csv'], /both called 'book'/],
  ['one file for both', ['--target', 'csv:./hr/people.csv'], /the same file/],
  ['a target without what it needs', ['--target', 'memory'], /memory: system/],
  [
    'a setting of the target that cannot be',
    ['--target', 'csv:o.csv', '--target-set', 'delimiter=xx'],
    /delimiter must be one character/,
  ],
  ['settings that need another one', ['--set', 'header=false'], /columns must list the attributes/],
])('%s is refused, and nothing is written', async (_, argv, said) => {
  await here.write('hr/people.csv', HR);
  const made = await here.call('init', '--force', '--source', 'csv:hr/people.csv', ...argv);
  expect([made.code, made.err]).toEqual([1, expect.stringMatching(said)]);
  expect(await here.read('rollcall.yaml')).toBe('');
});

it('a target whose file is called as the source has a name of its own, and an anchor that is set is the one told', async () => {
  await here.write('hr/people.csv', HR);
  const argv = ['--source-name', 'directory', '--target', 'csv:directory.csv', '--set', 'anchor=E-Mail'];
  const made = await here.call('init', '--force', '--source', 'csv:hr/people.csv', ...argv);
  expect(made.out).toContain("known by 'E-Mail'");
  expect(await here.faults()).toEqual([]);
  expect(await here.read('rollcall.yaml')).toMatch(/^ {2}directory:$[\s\S]*^ {2}target:$/m);
});

it.each(['csv', 'jsonl', 'ldif'])(
  'makes the folder of a %s target below its own, so that the first run can write there',
  async (type) => {
    await here.write('hr/people.csv', HR);
    const made = await here.call('init', '--force', '--source', 'csv:hr/people.csv', '--target', `${type}:out/book.${type}`);
    expect([made.code, made.out]).toEqual([0, expect.stringContaining(`The folder ${here.path('out')} is made`)]);
    await here.run();
    await here.call('approve', 'book', ...ME);
    expect(await here.run()).toMatchObject({ faults: [], status: 'done' });
    expect(await here.read(`out/book.${type}`)).toMatch(/1001|jmueller/);
  },
);

it.each(['csv', 'jsonl', 'ldif'])(
  'nobody makes the folder of a %s target that is not beside rollcall.yaml, or has gone: it is named, with what to do',
  async (type) => {
    await here.write('hr/people.csv', HR);
    const share = await mkdtemp(join(tmpdir(), 'rollcall-share-'));
    await rm(share, { recursive: true });
    const target = `${type}:${join(share, `book.${type}`)}`;
    const made = await here.call('init', '--force', '--source', 'csv:hr/people.csv', '--target', target);
    expect([made.code, made.out]).toEqual([0, expect.not.stringContaining('is made')]);
    const told = {
      kind: 'notFound',
      message: `the folder ${share} is missing`,
      remedy: `if the path is right and its disk is mounted, make it: mkdir -p ${share}`,
    };
    const checked = await here.call('check', '--json');
    expect(JSON.parse(checked.out).connections[1].faults).toMatchObject([told]);
    expect((await here.run()).faults).toMatchObject([told]);
    await mkdir(share);
    await here.run();
    await here.call('approve', 'book', ...ME);
    await rm(share, { recursive: true });
    const last = await here.run();
    expect(last.faults.length).toBeGreaterThan(0);
    for (const fault of last.faults) expect(fault).toMatchObject(told);
    expect(existsSync(share)).toBe(false);
  },
);

it('asked, a target is called as it would be from options: after its file', async () => {
  await here.write('hr/people.csv', HR);
  const answers: readonly (readonly [about: string, answer: string])[] = [
    ['Number or name', 'csv'],
    ['Where is it?', 'hr/people.csv'],
    ['What shall it be called', ''],
    ['Which column never changes', ''],
    ['Add a target', 'yes'],
    ['Number or name', 'csv'],
    ['Where is it?', 'out/phonebook.csv'],
    ['What shall it be called', ''],
  ];
  const { code, answered } = await asked(here, ['init', '--force'], answers);
  expect([code, answered]).toEqual([0, answers.length]);
  expect(await here.read('rollcall.yaml')).toMatch(/^ {2}phonebook:$/m);
});
