/** For Vitest: what became of each test, and by what kinds of errors, one JSON object a line in the file that PLANTED_RESULTS names. */
import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';

export interface Result {
  /** As it is printed: suites and test, with ` > ` between. */
  readonly name: string;
  readonly file: string;
  readonly state: string;
  /** Of the error and of what caused it: name and message. */
  readonly errors: readonly string[];
}

interface Cause {
  readonly name?: string;
  readonly message: string;
  readonly cause?: Cause;
}

function* chain(error: Cause): Iterable<string> {
  for (let one: Cause | undefined = error; one; one = one.cause) yield `${one.name ?? 'Error'}: ${one.message}`;
}

export default class implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    if (state === 'skipped') return;
    const all = (errors ?? []).flatMap((error) => [...chain(error)]);
    const result: Result = { name: test.fullName, file: test.module.relativeModuleId, state, errors: all };
    appendFileSync(process.env['PLANTED_RESULTS']!, `${JSON.stringify(result)}\n`);
  }
}
