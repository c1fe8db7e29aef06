/** Seeds, numbers of runs, and the ways in which a story is told to the engine. */
import type fc from 'fast-check';
import type { Configuration } from '#config/model';
import { configurationFrom } from './configuration.ts';
import { apply, type House, subjectOf } from './house.ts';
import { DAY, type Organisation, type Step } from './organisation.ts';

/** Of the day, unless ROLLCALL_SEED says otherwise; printed with every failure, and by the first property of each file. */
export const seed: number = Number(process.env['ROLLCALL_SEED'] ?? Math.floor(Date.now() / DAY));
const runs = process.env['ROLLCALL_RUNS'];
/** What says how often something happened needs that many. */
const FEWEST = 4;

/** `modest`: runs where nobody asked for another number, or for a share of those that there would be. */
export function parameters<T>(modest: number): fc.Parameters<T> & { readonly numRuns: number } {
  return { seed, numRuns: runs === undefined ? modest : asked(runs, modest), endOnFailure: false };
}

function asked(text: string, modest: number): number {
  if (!text.endsWith('%')) return Number(text);
  const share = Math.ceil((modest * Number(text.slice(0, -1))) / 100);
  return Math.max(share, Math.min(modest, FEWEST));
}

export function announce(what: string): void {
  console.info(`${what}: ROLLCALL_SEED=${seed}${runs === undefined ? '' : ` ROLLCALL_RUNS=${runs}`}`);
}

export async function configurationOf(organisation: Organisation, folder = '/nowhere'): Promise<Configuration> {
  return configurationFrom(organisation.yaml, folder);
}

/** The object whose `latest` attribute a step edits. */
function timedIn(house: House, step: Step): string | null {
  if (step.do !== 'put' && (step.do !== 'set' || !('phone' in step.attributes))) return null;
  const subject = subjectOf(house, step);
  return subject && `${step.connection} ${subject.kind} ${subject.anchor}`;
}

/** A gap of a week across a stop is not believed (SEMANTICS 5), so longer ones are walked in shorter legs. */
const LEG = 6;

/**
 * A value that goes and comes back between two looks is as new as the second look where a feed tells of both, and as old as ever where only the
 * outcome is seen. The oracle sees outcomes: a second edit of an object's `latest` attribute is told after a look at the first.
 */
export async function tell(house: House, steps: readonly Step[]): Promise<void> {
  let waited = 0;
  const unseen = new Set<string>();
  for (const step of steps) {
    if (step.do !== 'days') {
      const timed = timedIn(house, step);
      if (timed !== null && unseen.has(timed)) {
        await apply(house, { do: 'run', profile: 'delta-import' });
        unseen.clear();
      }
      await apply(house, step);
      if (timed !== null) unseen.add(timed);
      if (step.do === 'run') waited = 0;
      continue;
    }
    if (waited + step.days > LEG) {
      await house.settle();
      waited = 0;
    }
    waited += step.days;
    await apply(house, step);
  }
}
