import { expect, it } from 'vitest';
import type { ErrorRow } from '#store/contract';
import { createErrorLog } from './error-log.ts';

const BEGUN = Promise.resolve({ id: 7, epoch: 1 });

const error = (connection: string | null, n: number): Omit<ErrorRow, 'run'> => ({
  connection,
  subject: null,
  subjectId: null,
  fault: { kind: 'invalidValue', message: `error ${n}`, where: {} },
});

/** A store that answers when it is told to. */
function slow() {
  const batches: (readonly ErrorRow[])[] = [];
  const answers: (() => void)[] = [];
  let under = 0;
  let most = 0;
  const runs = {
    recordErrors: async (errors: readonly ErrorRow[]) => {
      most = Math.max(most, ++under);
      batches.push(errors);
      await new Promise<void>((resolve) => answers.push(resolve));
      under--;
    },
  };
  return { store: { runs } as never, batches, answers, most: () => most };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes while the run goes on: what comes at once together, one batch at a time, in order', async () => {
  const { store, batches, answers, most } = slow();
  const log = createErrorLog(store, BEGUN);
  for (let n = 0; n < 3; n++) log.add(error('hr', n));
  await turn();
  expect(batches.map((one) => one.length)).toEqual([3]);
  for (let n = 3; n < 1_500; n++) log.add(error('hr', n));
  const settled = log.settled();
  for (let i = 0; i < 3; i++) {
    answers[i]!();
    await turn();
  }
  await settled;
  expect(batches.map((one) => one.length)).toEqual([3, 1_000, 497]);
  expect(batches.flat().map((one) => one.fault.message)).toEqual(Array.from({ length: 1_500 }, (_, n) => `error ${n}`));
  expect([batches[0]![0]!.run, most()]).toEqual([7, 1]);
});

it('keeps so many of each connection, and says how many more there were', async () => {
  const kept: ErrorRow[] = [];
  const log = createErrorLog(
    { runs: { recordErrors: async (errors: readonly ErrorRow[]) => void kept.push(...errors) } } as never,
    BEGUN,
  );
  for (let n = 0; n < 10_005; n++) log.add(error('hr', n));
  log.add(error('dir', 0));
  await log.settled();
  expect(kept).toHaveLength(10_002);
  expect(kept.filter((one) => one.connection === 'dir')).toHaveLength(1);
  expect(kept.at(-1)!.fault).toMatchObject({ message: '5 more errors were counted and not kept', where: { connection: 'hr' } });
});

it('tells at the end what kept errors from the store', async () => {
  const failing = { runs: { recordErrors: () => Promise.reject(new Error('disk full')) } } as never;
  const log = createErrorLog(failing, BEGUN);
  log.add(error(null, 0));
  await turn();
  log.add(error(null, 1));
  await expect(log.settled()).rejects.toThrow('disk full');
});

it('does nothing where there is nothing', async () => {
  await createErrorLog({ runs: {} } as never, BEGUN).settled();
});
