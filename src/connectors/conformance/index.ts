/**
 * What every connector must do, as tests: an ordinary module that takes the runner's functions and a subject. A connector's
 * own `conformance.test.ts` names how to make a system with given objects in it, and little else.
 *
 * Each case needs capabilities. One that a connector lacks is named in `lacks` with the reason, which becomes the text of
 * the skip; a capability that is there must not be named, so nothing is skipped that could be tested.
 *
 * subject.ts what a connector tells · scene.ts, items.ts a test's system, what it reads and writes · must.ts what is said when
 * it does not do what it must · the cases by concern:
 * opening.ts, reading.ts, changes.ts, watching.ts, writing.ts, committing.ts.
 */
import { CHANGES } from './changes.ts';
import { COMMITTING } from './committing.ts';
import { must } from './must.ts';
import { OPENING } from './opening.ts';
import { READING } from './reading.ts';
import { withScene } from './scene.ts';
import type { Runner, Subject } from './subject.ts';
import { WATCHING } from './watching.ts';
import { WRITING } from './writing.ts';

export type { Bench, Capability, Runner, SeedObject, Subject } from './subject.ts';

export function connectorConformance<Config>(runner: Runner, subject: Subject<Config>): void {
  const { definition, lacks } = subject;
  runner.describe(`${definition.type}: the contract`, () => {
    for (const [capability, reason] of Object.entries(lacks)) {
      must(reason !== undefined && reason.trim() !== '', `say why ${definition.type} lacks ${capability}`);
    }
    for (const { name, needs, creates, run } of [...OPENING, ...READING, ...CHANGES, ...WATCHING, ...WRITING, ...COMMITTING]) {
      if (creates !== undefined && creates !== (subject.creates ?? 'callerKey')) continue;
      const lacking = needs.find((capability) => lacks[capability] !== undefined);
      if (lacking === undefined) runner.test(name, () => withScene(subject, (scene) => run(scene)));
      else runner.skip(`${name}: no ${lacking}, because ${lacks[lacking]}`);
    }
  });
}
