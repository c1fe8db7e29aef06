/**
 * How much garbage V8 lets lie before it collects all of it: half of what is in use, as the launcher starts a service (bin/node.cjs); while a
 * run goes on, which leaves a lot behind, as V8 likes.
 */
import { setFlagsFromString } from 'node:v8';

const SPARING = 50;

/** Told when a run begins and when it ends. */
export function heapOfRuns(): (goesOn: boolean) => void {
  let runs = 0;
  return (goesOn) => {
    runs += goesOn ? 1 : -1;
    // Of all threads of the process, and read by V8 at each collection. 0: as it likes.
    setFlagsFromString(`--heap-growing-percent=${runs > 0 ? 0 : SPARING}`);
  };
}
