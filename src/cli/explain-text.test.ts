import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import type { ExplainOutput } from '#operations/explain';
import { explainText } from './explain-text.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const LONG = `${'long '.repeat(60)}end`;
const MANY = Array.from({ length: 20 }, (_, i) => `value${i}`);
const attribute = {
  label: null,
  ofMany: false,
  changedRun: 1,
  changedAt: null,
  absent: [],
  ruledBy: ['hr'],
  madeBy: null,
  fixed: null,
  difference: null,
};
const from = { connection: 'hr', anchor: '1', name: null, rule: 'x', verdict: 'wins', why: 'first' } as const;
const person: ExplainOutput = {
  id: 7,
  kind: 'person',
  label: 'Ada',
  state: 'active',
  ending: null,
  doubts: [],
  neverOwned: false,
  createdRun: 1,
  rulesKnown: true,
  attributes: [
    { ...attribute, attribute: 'notes', value: LONG, contributions: [{ ...from, value: LONG, read: { notes: LONG } }] },
    { ...attribute, attribute: 'aliases', value: MANY, contributions: [{ ...from, value: MANY, read: { aliases: MANY } }] },
  ],
  targets: [],
  members: [],
  silent: [],
  parked: [],
};
const only = (name: string): ExplainOutput => ({
  ...person,
  attributes: person.attributes.filter((one) => one.attribute === name),
});

function terminal(columns: number | null, env: { readonly [name: string]: string } = {}): Terminal {
  const stdout = Object.assign(new PassThrough(), columns === null ? {} : { isTTY: true, columns });
  return openTerminal({ stdin: new PassThrough(), stdout, stderr: new PassThrough() }, { NO_COLOR: '1', ...env });
}
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => stringWidth(line)));

it.each([60, 80, 120, 200])(
  'on a terminal of %d columns values are cut by its width, and how to see them whole is said',
  (columns) => {
    const text = explainText(person, undefined, terminal(columns));
    expect(widest(text)).toBe(columns);
    expect(text).toContain('…');
    expect(text).toContain("Whole values: rollcall explain '#7' ATTRIBUTE");
  },
);

it('nothing is cut where there is room, in a file, in a pipe, or of the one attribute that is asked for', () => {
  for (const text of [explainText(person, undefined, terminal(null)), explainText(person, undefined, terminal(1_000))]) {
    expect(text).toContain(LONG);
    expect(text).not.toContain('Whole values');
  }
  expect(explainText(person, undefined, terminal(null))).toContain(MANY.join(', '));
  expect(explainText(person, undefined, terminal(1_000))).toContain('value7 and 12 more');
  expect(explainText(only('notes'), 'notes', terminal(80)).split(LONG)).toHaveLength(4);
  expect(explainText(only('aliases'), 'aliases', terminal(80)).split(MANY.join(', '))).toHaveLength(4);
});

it('a terminal that does not know how wide it is: the shell does, or it is 80', () => {
  expect(terminal(0, { COLUMNS: '120' }).width).toBe(120);
  expect([terminal(0).width, terminal(0, { COLUMNS: 'wide' }).width, terminal(100, { COLUMNS: '120' }).width]).toEqual([
    80, 80, 100,
  ]);
});

it('a value that no source gives says whose rule could, and that there is none where there is none', () => {
  const empty = { ...attribute, attribute: 'mail', value: null, contributions: [] };
  const text = (more: object): string => explainText({ ...person, attributes: [{ ...empty, ...more }] }, 'mail', terminal(null));
  expect(text({})).toContain('  hr has a rule for it, and nothing there is linked here\n\n');
  expect(text({ ruledBy: [] })).toContain('  no source has a rule for it\n\n');
  const gone = { connection: 'hr', anchor: '7', rule: 'E-Mail', why: 'it is gone from there' };
  expect(text({ absent: [gone] })).toContain('  · hr 7  says nothing: it is gone from there\n      rule E-Mail\n');
});

it('the lines of an account stand in columns, however wide their letters are', () => {
  const of = (name: string) => ({
    attribute: name,
    seen: 'x',
    wanted: 'x',
    state: 'inStep' as const,
    rule: name,
    strength: 'always',
    outage: null,
  });
  const target = {
    connection: 'dir',
    account: 'ada',
    state: 'inStep' as const,
    operation: null,
    origin: null,
    held: false,
    protected: false,
    fault: null,
    disabled: null,
    attributes: ['cn', 'telephoneNumber', '氏名'].map(of),
  };
  const text = explainText({ ...person, attributes: [], targets: [target] }, undefined, terminal(null));
  expect(text).toContain(
    '    cn               x  in step  cn\n    telephoneNumber  x  in step  telephoneNumber\n    氏名             x  in step  氏名\n',
  );
});
