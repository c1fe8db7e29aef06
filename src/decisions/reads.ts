/**
 * Saying that a read is right though it looks wrong: far fewer objects than before, or an attribute that vanished
 * (SEMANTICS 6). The next complete read is believed, if it shows no less than the one that was shown to the person.
 */
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import { type Baseline, type Outages, outagesText, parseBaseline, parseOutages } from '#runs/reasons';
import { checked, type Decider, type Surroundings } from './decision.ts';
import { known } from './hold.ts';

export interface ReadChoice {
  readonly connection: string;
  /** `read` = the whole read as it is; else `kind.attribute`. */
  readonly accept: string;
}

/** Of one kind: what the read showed that is right, and the last complete one before it. */
export interface ShownKind {
  readonly kind: string;
  readonly shown: number;
  readonly before: number;
}

/** Answers what the whole read showed; nothing for an attribute. Errors: notFound when nothing of the kind waits. */
export async function acceptRead(
  choice: ReadChoice,
  decider: Decider,
  { store, config }: Surroundings,
): Promise<readonly ShownKind[]> {
  const { connection, accept } = choice;
  known(connection, config);
  const by = checked(decider);
  const state = (await store.spaces.states()).find((one) => one.name === connection);
  const outages = parseOutages(state?.outages ?? null);
  refuseUnknown(choice, outages);
  const detail = canonicalJson({ what: accept === 'read' ? 'read' : 'attribute', accept });
  const decision = { kind: 'approve' as const, connection, stagedId: null, objectId: null, detail, ...by };
  await store.decisions.record(decision, []);
  const accepted = [...new Set([...outages.accepted, accept])].sort();
  await store.spaces.saveState(connection, { outages: outagesText({ ...outages, accepted }) }, null);
  return accept === 'read' ? shownKinds(outages, parseBaseline(state?.baseline ?? null)) : [];
}

function shownKinds({ shown = {} }: Outages, { counts }: Baseline): ShownKind[] {
  const kinds = [...new Set([...Object.keys(counts), ...Object.keys(shown)])].sort();
  return kinds.map((kind) => ({ kind, shown: shown[kind] ?? 0, before: counts[kind] ?? 0 }));
}

/** Takes it back, as long as no read has made use of it. */
export async function unacceptRead({ connection, accept }: ReadChoice, { store }: Pick<Surroundings, 'store'>): Promise<void> {
  const state = (await store.spaces.states()).find((one) => one.name === connection);
  const outages = parseOutages(state?.outages ?? null);
  const accepted = outages.accepted.filter((one) => one !== accept);
  if (accepted.length < outages.accepted.length)
    await store.spaces.saveState(connection, { outages: outagesText({ ...outages, accepted }) }, null);
}

function refuseUnknown({ connection, accept }: ReadChoice, outages: Outages): void {
  if (accept === 'read') {
    if (outages.shown !== undefined) return;
    throw new RollcallError('notFound', `No read of ${connection} waits for an approval.`, {
      where: { connection },
      remedy: "Only a read that shows far less than the one before it waits; 'rollcall run' says so.",
    });
  }
  const waiting = outages.attributes.map((one) => `${one.kind}.${one.attribute}`);
  if (waiting.includes(accept)) return;
  const near = nearest(accept, waiting) ?? (waiting.length === 1 ? waiting[0]! : null);
  throw new RollcallError('notFound', `There is no outage of '${accept}' in ${connection}.`, {
    where: { connection },
    remedy:
      near !== null
        ? `Did you mean '${near}'?`
        : waiting.length > 0
          ? `There are outages of ${waiting.join(', ')}.`
          : 'No attribute of it is out.',
  });
}
