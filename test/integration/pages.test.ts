/** Whatever is listed in parts is all there, once, in the order of the whole list, however short the parts are. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProgram } from '#main';
import { perform } from '#operations/operation';
import { openSession } from '#operations/session';
import { waiting } from '#operations/waiting';
import { BOOK, HR, type Place, place, rows } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
/** Of which nothing can be made. */
const BAD = ',Nobody,1\n,Nobody,2\n,Nobody,3\n';

interface Listed {
  readonly runs: readonly { readonly run: number }[];
  readonly changes: readonly object[];
  readonly errors: readonly object[];
  readonly next: number | null;
  readonly nextChange: number | null;
  readonly nextError: number | null;
}

let here: Place;
beforeEach(async () => {
  here = await place(`store: sqlite:rollcall.db\n${HR}${BOOK}`);
  await here.write('hr.csv', `${['id,name,phone', ...rows(), ''].join('\n')}${BAD}`);
  await here.run();
});
afterEach(() => here.remove());

const ask = async (...argv: string[]): Promise<Listed> => JSON.parse((await here.call(...argv, '--json')).out) as Listed;

/** As many parts as there are things, and no more. */
async function walked<Item>(
  part: (more: string[]) => Promise<Listed>,
  option: string,
  items: (answer: Listed) => readonly Item[],
  next: (answer: Listed) => number | null,
): Promise<Item[]> {
  const out: Item[] = [];
  for (let at: number | null = null, parts = 0; parts < 50; parts++) {
    const answer = await part(at === null ? [] : [option, String(at)]);
    out.push(...items(answer));
    at = next(answer);
    if (at === null) return out;
  }
  throw new Error('it goes on and on');
}

it('runs, the changes and errors of one, and what happened to somebody', async () => {
  for (const phone of ['7', '8']) {
    await here.call('fix', 'hr:E01', 'phone', phone, ...ME);
    await here.run();
  }
  const parts = <Item>(
    argv: string[],
    option: string,
    items: (one: Listed) => readonly Item[],
    next: (one: Listed) => number | null,
  ) => walked((more) => ask(...argv, '--limit', '1', ...more), option, items, next);
  const { runs } = await ask('runs');
  expect(runs.length).toBeGreaterThanOrEqual(3);
  expect(
    await parts(
      ['runs'],
      '--before',
      (one) => one.runs,
      (one) => one.next,
    ),
  ).toEqual(runs);

  const whole = await ask('run', 'show', '1');
  expect([whole.errors.length > 3, whole.nextError]).toEqual([true, null]);
  const errors = await parts(
    ['run', 'show', '1'],
    '--after-error',
    (one) => one.errors,
    (one) => one.nextError,
  );
  expect(errors).toEqual(whole.errors);
  const changes = await parts(
    ['run', 'show', '1'],
    '--after',
    (one) => one.changes,
    (one) => one.nextChange,
  );
  expect(changes).toEqual(whole.changes);

  const history = await ask('history', 'hr:E01');
  expect([history.changes.length > 2, history.next]).toEqual([true, null]);
  const past = await parts(
    ['history', 'hr:E01'],
    '--before',
    (one) => one.changes,
    (one) => one.next,
  );
  expect(past).toEqual(history.changes);
  expect((await here.call('history', 'hr:E01', '--limit', '1')).err).toMatch(/There are more: add --before \d+\./);
});

it('what waits for an approval', async () => {
  const session = openSession(await createProgram(), here.path('rollcall.yaml'));
  try {
    const whole = await perform(waiting, { target: 'book' }, session);
    expect([whole.changes.length, whole.more, whole.next]).toEqual([12, 0, null]);
    const seen: object[] = [];
    let after: string | null = null;
    do {
      const page: typeof whole = await perform(
        waiting,
        { target: 'book', limit: 5, ...(after === null ? {} : { after }) },
        session,
      );
      expect([page.total, page.digest]).toEqual([12, whole.digest]);
      seen.push(...page.changes);
      expect(page.more).toBe(12 - seen.length);
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(whole.changes);
  } finally {
    await session.close();
  }
});
