/**
 * How the suite says what is wrong: one sentence with what a connector must do, and in brackets the part of contract.ts that says so.
 * Below it what was found beside what was wanted. A record is the same with a prototype or without one, as names from outside want it.
 */
import assert from 'node:assert/strict';

export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new assert.AssertionError({ message: sentence, stackStartFn: must });
}

export function mustBe(found: unknown, wanted: unknown, sentence: string): void {
  const [actual, expected] = [plain(found), plain(wanted)];
  try {
    assert.deepEqual(actual, expected);
  } catch (error) {
    const message = `${sentence}\n${(error as Error).message}`;
    throw new assert.AssertionError({ message, actual, expected, operator: 'deepStrictEqual', stackStartFn: mustBe });
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
