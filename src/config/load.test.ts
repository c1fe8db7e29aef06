import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { type Loaded, loadConfiguration } from './load.ts';
import type { Configuration } from './model.ts';

const ENV = {
  LDAP_PASSWORD: 'planted-env-secret',
  PG: 'planted-url-secret',
  HOOK: 'https://hooks.example/planted-hook-secret',
  SHORT: 'planted',
  DATA: 'data',
};

async function load(text: string, env: Record<string, string> = ENV): Promise<Loaded> {
  const files = new Map([
    ['/etc/roll/rollcall.yaml', text],
    ['/etc/roll/token', 'planted-file-secret\n'],
  ]);
  return loadConfiguration({
    file: '/etc/roll/rollcall.yaml',
    definitions: FAKES,
    env,
    readFile: async (file) => {
      const found = files.get(file);
      if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return found;
    },
  });
}

async function faultsOf(text: string): Promise<string[]> {
  const loaded = await load(text);
  return loaded.ok ? [] : loaded.faults.map((f) => `${f.where.line}:${f.where.column} ${f.message} | ${f.remedy}`);
}

async function good(text: string): Promise<Configuration & { warnings: readonly string[] }> {
  const loaded = await load(text);
  if (!loaded.ok) throw new Error(loaded.faults.map((f) => `${f.where.line}:${f.where.column} ${f.message}`).join('\n'));
  return Object.assign(loaded.config, { warnings: loaded.warnings.map((w) => `${w.where.line}:${w.where.column} ${w.message}`) });
}

const HR = `connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: [employeeId]
        project: true
        attributes:
          employeeId: id
          mail: mail
          shoeSize: size
          manager: { reference: boss, by: employeeId }
`;
const AD = `  ad:
    type: ldap
    url: ldaps://dc1.example.org
    bind: { dn: cn=sync, password: '\${env:LDAP_PASSWORD}' }
    import:
      person:
        join: [mail]
        attributes: { mail: mail }
    export:
      person:
        when: person.active
        provision: true
        name: '\${"uid=" + person.employeeId}'
        enabled: { attribute: status, on: active, off: inactive }
        attributes:
          mail: mail
          boss: '\${person.manager.mail}'
    deprovision: { action: disable, then: delete, after: 10d }
`;
const GOOD = HR + AD;
/** The good file with one text exchanged; fails when the text is not in it. */
function change(from: string, to: string): string {
  if (!GOOD.includes(from)) throw new Error(`not in the good file: ${from}`);
  return GOOD.replace(from, () => to);
}

test('what it was made of is said, whether it can be used or not', async () => {
  const named = `${GOOD}    tokens: { a: '\${file:token}' }\n`;
  const ok = await good(named);
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect([...ok.files]).toEqual([
    ['/etc/roll/rollcall.yaml', digest],
    ['/etc/roll/token', digest],
  ]);
  const broken = await load(named.replace('file:token', 'file:none'));
  expect(broken.ok ? null : broken.files.get('/etc/roll/none')).toBe(null);
});

describe('a good file', () => {
  test('means what it says, with its defaults', async () => {
    const config = await good(GOOD);
    expect(config.warnings).toEqual([]);
    expect(config.folder).toBe('/etc/roll');
    expect(config.store).toEqual({ kind: 'sqlite', path: '/etc/roll/rollcall.db' });
    expect(config.zone).toBe('UTC');
    expect(config.retentionDays).toBe(400);
    expect(config.limits.maxObjectBytes).toBe(16 * 1024 * 1024);
    const [hr, ad] = config.connections;
    expect([hr?.name, hr?.rank, hr?.owner, hr?.mode]).toEqual(['hr', 0, true, null]);
    expect([ad?.name, ad?.rank, ad?.owner]).toEqual(['ad', 1, false]);
    expect(ad?.settings).toMatchObject({ url: 'ldaps://dc1.example.org', port: 636, bind: { password: 'planted-env-secret' } });
    expect(ad?.deprovision).toEqual({ action: 'disable', then: 'delete', afterMs: 864_000_000 });
    expect(ad?.gates.get('delete')).toEqual({ percent: 5, count: 500 });
    expect(ad?.gates.get('create')).toEqual({ percent: 20, count: 5000 });
    const person = config.kinds.get('person')!;
    expect(person.attributes.get('mail')).toMatchObject({ rank: ['hr', 'ad'], strategy: 'ranked' });
    expect(person.attributes.get('shoeSize')).toMatchObject({ type: 'string', rank: ['hr'] });
    expect([...person.joinKeys].sort()).toEqual(['employeeId', 'mail']);
    expect(person.hops).toEqual([['manager', 'mail']]);
  });

  test('precedence: those named first, the others after them', async () => {
    const config = await good(`precedence: { person: { mail: [ad] } }\n${GOOD}`);
    expect(config.kinds.get('person')?.attributes.get('mail')?.rank).toEqual(['ad', 'hr']);
  });

  test('gates are laid over each other', async () => {
    const config = await good(
      `gates: { delete: { percent: 1 }, "attribute:mail": { count: 3 } }\n${GOOD}    gates: { delete: { count: 7 } }\n`,
    );
    expect(config.connections[1]?.gates.get('delete')).toEqual({ percent: 1, count: 7 });
    expect(config.connections[1]?.gates.get('attribute:mail')).toEqual({ percent: 20, count: 3 });
    expect(config.connections[0]?.gates.get('delete')).toEqual({ percent: 1, count: 500 });
  });

  test('hooks, schedule, zone, retention', async () => {
    const config = await good(
      `zone: Europe/Berlin\nretention: 30d\nschedule: { hr: "*/15 * * * *", "*": { cron: "0 2 * * *", zone: UTC, missed: skip, profile: full-import } }\nhooks:\n  - { after: sync, command: [./n.sh, x], required: true }\n  - { after: cycle, webhook: '\${env:HOOK}', timeout: 5s }\n${GOOD}`,
    );
    expect(config.hooks).toMatchObject([
      { after: 'sync', run: { command: ['./n.sh', 'x'] }, timeoutMs: 30_000, required: true },
      { after: 'cycle', run: { webhook: ENV.HOOK }, timeoutMs: 5_000, required: false },
    ]);
    expect([...config.schedule]).toEqual([
      ['hr', { cron: '*/15 * * * *', zone: 'Europe/Berlin', missed: 'once', profile: 'cycle' }],
      ['*', { cron: '0 2 * * *', zone: 'UTC', missed: 'skip', profile: 'full-import' }],
    ]);
  });

  test('hashes: a new password is no new system; a new path or rule is', async () => {
    const hashes = async (text: string, env = ENV): Promise<(string | undefined)[]> => {
      const loaded = await load(text, env);
      const config = loaded.ok ? loaded.config.connections : [];
      return config.flatMap((one) => [one.configHash, one.rulesHash]);
    };
    const base = await hashes(GOOD);
    expect(new Set(base).size).toBe(4);
    expect(await hashes(GOOD, { ...ENV, LDAP_PASSWORD: 'another-secret' })).toEqual(base);
    expect(await hashes(`# a comment\n${GOOD}`)).toEqual(base);
    const [hr, hrRules, ad, adRules] = await hashes(change('path: hr.csv', 'path: other.csv'));
    expect([hr === base[0], hrRules, ad, adRules]).toEqual([false, base[1], base[2], base[3]]);
    const ruled = await hashes(change('employeeId: id', 'employeeId: number'));
    expect([ruled[0], ruled[1] === base[1], ruled[2]]).toEqual([base[0], false, base[2]]);
  });
});

describe('faults, each with line, column and remedy', () => {
  const table: [name: string, text: string, expected: RegExp[]][] = [
    ['not a map', '- a\n', [/^1:1 must be a map/]],
    ['no connections', 'zone: UTC\n', [/^1:1 connections: connections is missing/]],
    ['unknown key', `stor: x\n${GOOD}`, [/^1:1 stor: unknown key stor \| did you mean store\?$/]],
    ['version', `version: 2\n${GOOD}`, [/^1:10 version: must be 1/]],
    ['zone', `zone: Europe/Berlyn\n${GOOD}`, [/^1:7 zone: must be an IANA time zone/]],
    ['store', `store: mysql://x\n${GOOD}`, [/^1:8 store: must be sqlite:FILE or postgres/]],
    ['retention', `retention: 400\n${GOOD}`, [/^1:12 retention: must be text, not a number \| put the value in quotes/]],
    ['duration', `retention: forever\n${GOOD}`, [/^1:12 retention: must be a duration/]],
    ['size', `limits: { maxObjectSize: 16 MB }\n${GOOD}`, [/^1:26 limits\.maxObjectSize: must be a size/]],
    [
      'profile steps',
      `profiles: { nightly: [full-import, ful-sync] }\n${GOOD}`,
      [/^1:36 profiles\.nightly\[1\]: must be one of cycle, .*did you mean full-sync/],
    ],
    [
      'profile name',
      `profiles: { export: [cycle] }\n${GOOD}`,
      [/^1:13 profiles\.export: is the name of a profile that is always there/],
    ],
    ['schedule text', `schedule: { hr: "* * * *" }\n${GOOD}`, [/^1:17 schedule\.hr: must have five fields/]],
    ['schedule that never comes', `schedule: { hr: { cron: "0 0 31 2 *" } }\n${GOOD}`, [/^1:25 schedule\.hr\.cron: never comes/]],
    [
      'schedule profile',
      `schedule: { hr: { cron: "* * * * *", profile: cycel } }\n${GOOD}`,
      [/^1:47 schedule\.hr\.profile: there is no such profile/],
    ],
    ['schedule name', `schedule: { hrr: "* * * * *" }\n${GOOD}`, [/^1:13 schedule\.hrr: there is no connection hrr/]],
    ['gate name', `gates: { deletes: { count: 1 } }\n${GOOD}`, [/^1:10 gates\.deletes: must be one of create/]],
    ['gate value', `gates: { delete: { percent: 101 } }\n${GOOD}`, [/^1:29 gates\.delete\.percent: must be at most 100/]],
    ['hook without a phase', `hooks:\n  - { command: [a] }\n${GOOD}`, [/^2:5 hooks\[0\]\.after: after is missing/]],
    [
      'hook with both',
      `hooks: [{ after: sync, command: [a], webhook: "https://x" }]\n${GOOD}`,
      [/^1:\d+ hooks\[0\]\.(?:webhook|command): unknown key/],
    ],
    [
      'hook phase',
      `hooks: [{ after: exports, command: [a] }]\n${GOOD}`,
      [/^1:18 hooks\[0\]\.after: must be one of .* \| did you mean export\?/],
    ],
    [
      'hook with an empty command',
      `hooks: [{ after: sync, command: [] }]\n${GOOD}`,
      [/^1:33 hooks\[0\]\.command: must not be empty/],
    ],
    [
      'precedence: connection',
      `precedence: { person: { mail: [hrr] } }\n${GOOD}`,
      [/^1:32 precedence\.person\.mail\[0\]: there is no connection hrr \| did you mean hr\?/],
    ],
    [
      'precedence: attribute',
      `precedence: { person: { mial: [hr] } }\n${GOOD}`,
      [/^1:25 precedence\.person\.mial: there is no person attribute mial \| did you mean mail\?/],
    ],
    [
      'precedence: does not fill',
      `precedence: { person: { employeeId: [ad] } }\n${GOOD}`,
      [/^1:38 .*ad does not fill employeeId/],
    ],
    ['precedence: twice', `precedence: { person: { mail: [hr, hr] } }\n${GOOD}`, [/^1:36 .*hr is named twice/]],
    [
      'precedence: kind',
      `precedence: { persons: { mail: [hr] } }\n${GOOD}`,
      [/^1:15 .*there is no kind persons \| did you mean person/],
    ],
    ['kind name', `life: { Person: { grace: 3d } }\n${GOOD}`, [/^1:9 life\.Person: must be a kind/]],
    ['connection name', change('  hr:', '  HR:'), [/^2:3 connections\.HR: must be a connection name/]],
    ['connection is no map', `${GOOD}  x: 1\n`, [/connections\.x: must be a map/]],
    ['type missing', change('    type: csv\n', ''), [/^2:3 connections\.hr\.type: type is missing/]],
    [
      'type unknown',
      change('type: csv', 'type: cvs'),
      [/^3:11 connections\.hr\.type: there is no connector of this type \| did you mean csv\?/],
    ],
    [
      'mode',
      `${GOOD}    mode: obsreve\n`,
      [/^\d+:11 connections\.ad\.mode: must be one of observe, hold, on \| did you mean observe\?/],
    ],
    [
      'connector key unknown',
      change('path: hr.csv', 'pth: hr.csv'),
      [/^2:3 connections\.hr\.path: path is missing/, /^4:5 connections\.hr\.pth: unknown key pth \| did you mean path\?/],
    ],
    [
      'common key misspelt',
      change('owner: true', 'ownr: true'),
      [/^6:5 connections\.hr\.ownr: unknown key ownr \| did you mean owner\?/],
    ],
    ['connector value', change('ldaps://dc1.example.org', 'https://dc1'), [/^\d+:10 connections\.ad\.url: must begin with ldap/]],
    [
      'connector value inside',
      change('{ dn: cn=sync,', '{ dnn: cn=sync,'),
      [
        /^\d+:5 connections\.ad\.bind\.dn: dn is missing/,
        /^\d+:13 connections\.ad\.bind\.dnn: unknown key dnn \| did you mean dn\?/,
      ],
    ],
    [
      'secret written out',
      change("'${env:LDAP_PASSWORD}'", 'hunter2-literal'),
      [/^\d+:36 connections\.ad\.bind\.password: password is secret and is written out here \| write \$\{env:NAME\}/],
    ],
    [
      'variable missing',
      change('LDAP_PASSWORD', 'LDAP_PASS'),
      [/^\d+:36 .*the environment variable LDAP_PASS is not set \| set LDAP_PASS/],
    ],
    ['secret too short for its system', change('LDAP_PASSWORD', 'SHORT').replace('SHORT', 'TINY'), [/TINY is not set/]],
    ['secret file missing', change('${env:LDAP_PASSWORD}', '${file:gone}'), [/^\d+:36 .*the file gone does not exist/]],
    [
      'reference in store',
      `store: postgres://u:\${env:NOPE}@h/d\n${GOOD}`,
      [/^1:8 store: the environment variable NOPE is not set/],
    ],
    [
      'join not filled',
      change('join: [mail]', 'join: [login]'),
      [/^\d+:16 connections\.ad\.import\.person\.join\[0\]: joins by login, which this rule does not fill/],
    ],
    [
      'join unknown',
      change('join: [mail]', 'join: [mial]'),
      [/^\d+:16 connections\.ad\.import\.person\.join\[0\]: .*mial.* \| did you mean mail\?/],
    ],
    [
      'export of an unknown attribute',
      change('          mail: mail\n          boss', '          mail: mial\n          boss'),
      [/^\d+:17 connections\.ad\.export\.person\.attributes\.mail: .*mial.* \| did you mean mail\?/],
    ],
    [
      'when reads an unknown attribute',
      change('when: person.active', 'when: person.activ'),
      [/^\d+:15 connections\.ad\.export\.person\.when: .*activ.* did you mean person\.active\?/],
    ],
    [
      'expression does not parse',
      change('when: person.active', 'when: person.active &&'),
      [/^\d+:15 connections\.ad\.export\.person\.when: /],
    ],
    [
      'expression of the wrong type',
      change('when: person.active', 'when: \'"yes"\''),
      [/^\d+:15 connections\.ad\.export\.person\.when: .*true or false/],
    ],
    [
      'rule key unknown',
      change('provision: true', 'provison: true'),
      [/^\d+:9 .*unknown key provison \| did you mean provision\?/],
    ],
    ['rule value', change('project: true', 'project: yes'), [/^\d+:18 .*project: must be true or false, not text/]],
    ['reference that holds no store', `store: '\${env:DATA}'\n${GOOD}`, [/^1:8 store: the reference holds no store/]],
    [
      'reference that holds no address',
      `hooks: [{ after: sync, webhook: '\${env:DATA}' }]\n${GOOD}`,
      [/^1:\d+ hooks\[0\]\.webhook: the reference holds no address/],
    ],
    [
      'webhook that is no address',
      `hooks: [{ after: sync, webhook: "https://[half" }]\n${GOOD}`,
      [/^1:\d+ hooks\[0\].*must be an http or https address/],
    ],
    [
      'reference in a webhook that is no address',
      `hooks: [{ after: sync, webhook: "https://x:99999/\${env:DATA}" }]\n${GOOD}`,
      [/^1:\d+ hooks\[0\]\.webhook: the reference holds no address/],
    ],
    [
      'reference in a rule',
      change('when: person.active', "when: '${env:WHO}'"),
      [/^\d+:15 connections\.ad\.export\.person\.when: a rule cannot refer to the environment/],
    ],
    [
      'a reader exports',
      change('type: ldap', 'type: feed').replace('password:', 'token:'),
      [/connections\.ad\.export\.person: feed only reads/],
    ],
    [
      'no key for new accounts',
      `${HR}    export: { person: { provision: true, attributes: { email: mail } } }\n`,
      [
        /^\d+:36 connections\.hr\.export\.person\.provision: nothing says what a new account is called \| add id to the attributes/,
      ],
    ],
    [
      'disable without enabled',
      change('        enabled: { attribute: status, on: active, off: inactive }\n', ''),
      [/^\d+:28 connections\.ad\.deprovision\.action: nothing says how an account is disabled/],
    ],
    [
      'then without disable',
      change('action: disable', 'action: delete'),
      [/^\d+:42 connections\.ad\.deprovision\.then: then follows action: disable only/],
    ],
    [
      'deprovision without export',
      `${HR}    deprovision: { action: delete }\n`,
      [/^\d+:5 connections\.hr\.deprovision: this connection exports nothing/],
    ],
    [
      'enabled and a flow',
      change('          boss:', '          status: mail\n          boss:'),
      [/^\d+:11 .*attributes\.status: status is written by enabled already/],
    ],
    [
      'reference to another connection',
      change('by: employeeId', 'by: employeeId, connection: hrs'),
      [/^15:\d+ .*manager\.connection: there is no connection 'hrs' \| did you mean hr\?/],
    ],
    [
      'reference by an unknown attribute',
      change('by: employeeId', 'by: emploeeId'),
      [/^15:\d+ .*emploeeId.* did you mean employeeId\?/],
    ],
    [
      'attribute type',
      `attributes: { person: { shoeSize: integr } }\n${GOOD}`,
      [/^1:35 attributes\.person\.shoeSize: must be one of .* did you mean integer\?/],
    ],
    [
      'attribute key',
      `attributes: { person: { shoeSize: { tpye: integer } } }\n${GOOD}`,
      [/^1:37 attributes\.person\.shoeSize\.tpye: unknown key tpye \| did you mean type\?/],
    ],
    [
      'attribute name',
      `attributes: { person: { "shoe size": integer } }\n${GOOD}`,
      [/^1:25 attributes\.person\."shoe size": must be an attribute name/],
    ],
    [
      'unique in nowhere',
      `attributes: { person: { login: { unique: { candidates: ['\${person.mail}'], uniqueIn: [nowhere.uid] } } } }\n${GOOD}`,
      [/^1:\d+ .*uniqueIn.*there is no connection '?nowhere/],
    ],
    [
      'unique from itself',
      `attributes: { person: { login: { unique: { candidates: ['\${person.title}'] } }, title: { unique: { candidates: ['\${person.login}'] } } } }\n${GOOD}`,
      [/made from itself: login → title → login/],
    ],
    [
      'life: unknown attribute',
      `life: { person: { starts: startDat } }\n${GOOD}`,
      [/^1:27 life\.person\.starts: .*startDat.* did you mean startDate\?/],
    ],
    ['life: no date', `life: { person: { ends: mail } }\n${GOOD}`, [/^1:25 life\.person\.ends: .*date/]],
    ['life: grace', `life: { person: { grace: soon } }\n${GOOD}`, [/^1:26 life\.person\.grace: must be a duration/]],
    ['__proto__ as connection', `${GOOD}  __proto__: { type: csv }\n`, [/__proto__ cannot be used as a name/]],
  ];
  test.each(table)('%s', async (_, text, expected) => {
    const found = await faultsOf(text);
    expect(found, found.join('\n')).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
    expect(found.every((line) => !line.endsWith('undefined'))).toBe(true);
  });

  test('all at once, in the order of the file', async () => {
    const text = change('path: hr.csv', 'pth: hr.csv')
      .replace('when: person.active', 'when: person.activ')
      .replace('ldaps://dc1', 'http://dc1')
      .replace('provision: true', 'provison: true');
    const found = await faultsOf(
      `zone: Nowhere\nhooks: [{ after: never, command: [x] }]\nschedule: { nobody: "* * * * *" }\n${text}`,
    );
    expect(found).toHaveLength(8);
    const places = found.map((line) => line.split(' ')[0]!.split(':').map(Number));
    expect(places).toEqual(places.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
  });

  test('any set of faults is told in one go: each of them alone is in the answer for all', async () => {
    const parts: [string, string][] = [
      ['zone: UTC', 'zone: Mars/Base'],
      ['retention: 9d', 'retention: nine'],
      ['path: hr.csv', 'pat: hr.csv'],
      ['owner: true', 'owner: maybe'],
      ['join: [mail]', 'join: [login]'],
      ['when: person.active', 'when: person.activ'],
      ['then: delete', 'then: dlete'],
      ['LDAP_PASSWORD', 'LDAP_PASS'],
    ];
    const base = `zone: UTC\nretention: 9d\n${GOOD}`;
    await fc.assert(
      fc.asyncProperty(fc.subarray(parts, { minLength: 1 }), async (chosen) => {
        const together = await faultsOf(chosen.reduce((text, [from, to]) => text.replace(from, () => to), base));
        for (const [from, to] of chosen) {
          for (const alone of await faultsOf(base.replace(from, () => to))) expect(together).toContain(alone);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('the file itself: missing, not UTF-8', async () => {
    const options = { definitions: FAKES, env: {} };
    const missing = await loadConfiguration({ ...options, file: '/nonexistent/rollcall.yaml' });
    expect(missing).toMatchObject({
      ok: false,
      faults: [{ message: '/nonexistent/rollcall.yaml does not exist', where: { file: '/nonexistent/rollcall.yaml' } }],
    });
    // There is no line to show.
    expect(missing.ok ? [] : missing.faults.map(({ where }) => where)).toEqual([{ file: '/nonexistent/rollcall.yaml' }]);
  });
});

describe('warnings', () => {
  test('a sequence that exports what it has not worked out', async () => {
    const told = 'nothing works out what it reads before it exports, so it sends nothing when something was read';
    const profiles =
      '{ a: [full-import, export], b: [delta-import, delta-sync, export], c: [cycle, delta-import, export], d: [export] }';
    expect((await good(`profiles: ${profiles}\n${GOOD}`)).warnings).toEqual([
      `1:16 profiles.a: ${told}`,
      expect.stringContaining(` profiles.c: ${told}`),
    ]);
  });

  test('nothing projects', async () => {
    expect((await good(change('project: true', 'project: false'))).warnings).toEqual([
      '1:1 connections: no import rule has project: true, so no person or group will ever be made',
    ]);
  });
  test('a rule that reaches nobody', async () => {
    expect((await good(change('        join: [mail]\n', ''))).warnings).toEqual([
      expect.stringMatching(/^\d+:7 connections\.ad\.import\.person: neither joins nor projects/),
    ]);
  });
});

describe('references to those who have no account', () => {
  const teams = (rules: string) =>
    `${HR}      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  teams: { type: csv, path: teams.csv, anchor: name, export: { group: { provision: true, anchor: name, attributes: { name: name, member: member } }${rules} } }
`;

  test('are a warning: nothing would ever be written', async () => {
    expect((await good(teams(''))).warnings).toEqual([
      expect.stringMatching(
        /^17:\d+ connections\.teams\.export\.group\.attributes\.member: names accounts of teams, and no rule/,
      ),
    ]);
    const people = ', person: { provision: true, anchor: employeeId, attributes: { id: employeeId } }';
    expect((await good(teams(people))).warnings).toEqual([]);
  });
});

describe('attributes that nobody gives', () => {
  const book = (rule: string, more = ''): string =>
    `${more}${HR}  book:\n    type: csv\n    path: book.csv\n    anchor: id\n    export:\n      person: ${rule}\n`;

  test('are a fault where a new account is called by them', async () => {
    const named = (key: string) => book(`{ provision: true, ${key}: '\${"uid=" + person.login}', attributes: { m: mail } }`);
    expect(await faultsOf(named('dn'))).toEqual([
      '21:38 connections.book.export.person.dn: nobody gives login, so no account can be made | add login to the import rule of a source, or let Rollcall make it: attributes: { person: { login: { unique: … } } }',
    ]);
    expect(await faultsOf(named('anchor'))).toHaveLength(1);
    const login = 'attributes: { person: { login: { unique: { candidates: [mail] } } } }\n';
    expect(await faultsOf(`${login}${named('dn')}`)).toEqual([]);
  });

  test('are a warning elsewhere, one hop away too, with the nearest that somebody gives', async () => {
    const rule = book(
      '{ provision: true, anchor: employeeId, when: has(person.endDate), attributes: { m: mail, t: title, b: "${person.manager.mobile}" } }',
      'life: { person: { starts: startDate } }\nattributes: { person: { login: { unique: { candidates: ["${person.givenName + string(n)}"] } }, mails: string } }\n',
    ).replace('t: title', 't: mails');
    expect((await good(rule)).warnings).toEqual([
      '1:27 life.person.starts: nobody gives startDate',
      expect.stringMatching(/^2:\d+ attributes\.person\.login\.unique\.candidates: nobody gives givenName$/),
      expect.stringMatching(/^23:\d+ connections\.book\.export\.person\.when: nobody gives endDate$/),
      expect.stringMatching(/^23:\d+ connections\.book\.export\.person\.attributes\.t: nobody gives mails$/),
      expect.stringMatching(/^23:\d+ connections\.book\.export\.person\.attributes\.b: nobody gives mobile$/),
    ]);
  });
});

describe('secrets', () => {
  const PLANTED = /planted-/;
  const text = `store: postgres://u:\${env:PG}@h/d\nhooks:\n  - { after: cycle, webhook: '\${env:HOOK}' }\n${GOOD}    tokens: { a: '\${file:token}' }\n`;

  test('are read, and not in anything printed of the configuration', async () => {
    const config = await good(text);
    expect(config.store).toMatchObject({ url: 'postgres://u:planted-url-secret@h/d' });
    expect(config.connections[1]?.settings).toMatchObject({ tokens: { a: 'planted-file-secret' } });
    for (const part of [config, config.store, config.hooks, config.connections, config.connections[1]?.settings]) {
      expect(JSON.stringify(part)).not.toMatch(PLANTED);
      expect(inspect(part, { depth: 20, showHidden: false })).not.toMatch(PLANTED);
    }
    expect(JSON.stringify(config.connections[1]?.settings)).toContain('${env:LDAP_PASSWORD}');
  });

  test('are in no fault, even where a connector repeats what it was given', async () => {
    const loaded = await load(`${text.replace('ldaps://dc1.example.org', '${env:PG}')}    prot: 1\n`);
    expect(loaded.ok).toBe(false);
    expect(JSON.stringify(loaded)).not.toMatch(PLANTED);
  });
});

test('2,000 random changes of a good file: an answer each time, never an exception, and faults are in the file', async () => {
  const rich = `zone: UTC\nattributes: { person: { login: { unique: { candidates: ['\${person.mail}'] } } } }\nhooks: [{ after: sync, command: [a] }]\ngates: { delete: { percent: 5 } }\n${GOOD}`;
  const bits = [
    '',
    ' ',
    '\n',
    '  ',
    '\t',
    ':',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '!x ',
    '"',
    "'",
    '#',
    '|',
    '>',
    '${',
    '}',
    '${env:X}',
    '${file:/}',
    '__proto__',
    'null',
    '~',
    '0',
    '1e999',
    '.nan',
    '\u0000',
    '\uD800',
    '\u2028',
    '%YAML',
    '---\n',
    '...\n',
    'person',
    '?',
    ',',
    '<<: ',
    'true',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(rich.length), fc.nat(12), fc.constantFrom(...bits)), { minLength: 1, maxLength: 4 }),
      async (edits) => {
        const text = edits.reduce((now, [at, cut, put]) => now.slice(0, at) + put + now.slice(at + cut), rich);
        const loaded = await load(text);
        if (loaded.ok) return;
        expect(loaded.faults.length).toBeGreaterThan(0);
        expect(loaded.faults.length).toBeLessThan(200);
        const lines = text.split('\n').length;
        for (const { where } of loaded.faults) {
          expect(where.line).toBeGreaterThanOrEqual(1);
          expect(where.line).toBeLessThanOrEqual(lines);
          expect(where.column).toBeGreaterThanOrEqual(1);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
