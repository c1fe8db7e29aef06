/** Before a run of tests: where temporary files go. */
import { temporaryInMemory } from '../scripts/temporary.ts';

export default function setup(): () => void {
  return temporaryInMemory();
}
