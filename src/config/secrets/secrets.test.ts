import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Path } from '../document.ts';
import { conceal } from './conceal.ts';
import { keepSecret, REDACTED, redact } from './redact.ts';
import { resolveReferences } from './references.ts';

const files = new Map([
  ['/etc/roll/pw', 'from-a-file\n'],
  ['/etc/roll/two', 'two lines\n\n'],
  ['/etc/roll/empty', '\n'],
  ['/etc/roll/big', 'x'.repeat(70_000)],
]);
const sources = {
  folder: '/etc/roll',
  env: { PW: 'hunter22', EMPTY: '', HOST: 'db.example' },
  readFile: async (file: string): Promise<string> => {
    const text = files.get(file);
    if (text === undefined) throw Object.assign(new Error('secret path details'), { code: 'ENOENT' });
    return text;
  },
};

async function resolve(node: unknown, secret: (path: Path) => boolean = () => false) {
  const faults: string[] = [];
  const answer = await resolveReferences(node, secret, sources, (path, message) => faults.push(`${path.join('.')}: ${message}`));
  return { ...answer, faults };
}

describe('references', () => {
  test('whole values, parts of values, files without one newline, lists', async () => {
    const { data, references, faults } = await resolve({
      a: '${env:PW}',
      b: ['x ${env:HOST} y ${env:HOST}'],
      c: '${file:pw}',
      d: '${file:/etc/roll/two}',
      e: 'plain',
      f: 7,
      g: '${row.x}',
    });
    expect(faults).toEqual([]);
    expect({ ...(data as object) }).toEqual({
      a: 'hunter22',
      b: ['x db.example y db.example'],
      c: 'from-a-file',
      d: 'two lines\n',
      e: 'plain',
      f: 7,
      g: '${row.x}',
    });
    expect(references).toEqual([['a'], ['b', 0], ['c'], ['d']]);
  });

  test.each([
    ['${env:NOBODY}', 'the environment variable NOBODY is not set'],
    ['${env:toString}', 'the environment variable toString is not set'],
    ['${env:EMPTY}', 'the environment variable EMPTY is empty'],
    ['${env:A B}', '${env:A B} does not name an environment variable'],
    ['${file:none}', 'the file none does not exist'],
    ['${file:empty}', 'the file empty is empty'],
    ['${file:big}', 'the file big is larger than 64 KB'],
    ['${file:}', '${file:} does not name a file'],
  ])('%s', async (text, message) => {
    expect((await resolve({ a: text })).faults).toEqual([`a: ${message}`]);
  });

  test('a secret written out is refused without being repeated', async () => {
    const { faults } = await resolve(
      { pw: 'hunter2-literal', pin: 918273, host: 'x', mixed: 'hunter2-${env:PW}' },
      ([name]) => name !== 'host' && name !== undefined,
    );
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toMatch(/hunter2|918273/);
    // Whoever shows the line of the file shows this.
    expect(redact('pw: hunter2-literal, pin: 918273, mixed: "hunter2-${env:PW}"')).toBe(
      `pw: ${REDACTED}, pin: ${REDACTED}, mixed: "${REDACTED}"`,
    );
  });

  test('what a reference holds is not looked into again', async () => {
    files.set('/etc/roll/nested', '${env:PW}');
    expect((await resolve({ a: '${file:nested}' })).data).toMatchObject({ a: '${env:PW}' });
  });
});

test('redact replaces every spelling, the longest first, and leaves short ones', () => {
  keepSecret('s3cret/+"q');
  keepSecret('s3cret/+"q-longer');
  keepSecret('abc');
  const base64 = Buffer.from('s3cret/+"q').toString('base64');
  expect(redact(`a s3cret/+"q b s3cret%2F%2B%22q c ${JSON.stringify('s3cret/+"q')} d ${base64} e abc`)).toBe(
    `a ${REDACTED} b ${REDACTED} c "${REDACTED}" d ${REDACTED} e abc`,
  );
  expect(redact('s3cret/+"q-longer')).toBe(REDACTED);
});

test('concealed settings print as written, at every level, and stay readable', () => {
  const value = { url: 'x', auth: { password: 'opensesame', more: ['opensesame'] } };
  const written = { url: 'x', auth: { password: '${env:PW}', more: ['${env:PW}'] } };
  conceal(value, written, [
    ['auth', 'password'],
    ['auth', 'more', 0],
  ]);
  for (const part of [value, value.auth, value.auth.more]) {
    expect(JSON.stringify({ part })).not.toContain('opensesame');
    expect(inspect({ part }, { depth: 9 })).not.toContain('opensesame');
  }
  expect(JSON.parse(JSON.stringify(value))).toEqual(written);
  expect(value.auth.password).toBe('opensesame');
});

describe('a short secret', () => {
  keepSecret('right');
  keepSecret('!a1b');

  test('is replaced wherever it stands by itself, whatever is beside it', () => {
    for (const [before, after] of [
      ['', ''],
      ['given=', ';'],
      ['postgres://me:', '@host'],
      ['"', '"'],
      ['PW_', '_2'],
      [JSON.stringify('a\n').slice(1, -1), '\\n'],
      ['%20', '%20'],
      ['\u001b[31m', '\u001b[0m'],
    ])
      expect(redact(`${before}right${after}`)).toBe(`${before}${REDACTED}${after}`);
    expect(redact('x!a1b, x!a1bc')).toBe(`x${REDACTED}, x!a1bc`);
  });

  test('is no hole in other words', () => {
    const text = 'Brighton, rights, copyright 2026, Özright';
    expect(redact(text)).toBe(text);
  });

  test('within a word of the configuration hides that word', async () => {
    const env = { ...sources.env, SHORT: 'left1' };
    const answer = await resolveReferences(
      'https://h.example/abc${env:SHORT}def',
      () => false,
      { ...sources, env },
      () => {},
    );
    expect(redact(`asked ${String(answer.data)}; abcleft1def; left1`)).toBe(
      `asked https://h.example/${REDACTED}; ${REDACTED}; ${REDACTED}`,
    );
  });
});
