/**
 * The order of test files: first those that take longest, so that none of them is left over for the end, when nothing else goes on
 * beside it. They wait, or start process after process. The rest is in Vitest's order.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONGEST = [
  'integration/several-frozen',
  'integration/kill',
  'integration/side-by-side',
  'integration/several',
  'integration/several-crash',
  'integration/disk-full',
  'simulation/cases',
  'integration/killed-in-read',
  'integration/killed-in-write',
  'integration/frozen',
  'integration/far-directories',
].map((name) => `/test/${name}.test.ts`);

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
