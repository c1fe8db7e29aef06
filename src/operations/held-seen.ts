/** Of everything that is held about somebody, what whoever asks may see. */
import { parseImage } from '#core/canonical';
import type { Attributes } from '#core/values';
import type { HeldAbout } from '#people/export';
import { bared, type Sight, without } from './shown.ts';

type Isnt = (name: string) => boolean;

export function heldSeen(held: HeldAbout, sight: Sight): HeldAbout {
  if (sight.whole) return held;
  const { object } = held;
  const isHidden = sight.object(object);
  const there = new Map(held.accounts.map((one) => [one.id, sight.account({ ...one, object: object.id })]));
  const noted = (stagedId: number | null | undefined): Isnt => {
    const account = there.get(stagedId ?? 0);
    return (name) => isHidden(name) || account?.(name) === true;
  };
  return {
    object: { ...object, attributes: bared(object.attributes, isHidden), frozen: bared(object.frozen, isHidden) },
    sources: held.sources
      .filter(({ attribute }) => !isHidden(attribute))
      .map(({ attribute, contributions }) => ({
        attribute,
        contributions: (contributions as readonly Contribution[]).map((one) => ({
          ...one,
          read: without(one.read, sight.accounts(one.connection, object)),
        })),
      })),
    accounts: held.accounts.map((one) => {
      const hidden = there.get(one.id)!;
      const wanted = one.export?.wanted ?? null;
      return {
        ...one,
        seen: bared(one.seen, hidden),
        sent: bared(one.sent, hidden),
        confirmed: bared(one.confirmed, hidden),
        export: one.export && {
          ...one.export,
          wanted: wanted === null ? null : JSON.stringify(without(parseImage(wanted) as Attributes, hidden)),
        },
        steps: one.steps && texts(one.steps, hidden),
        overtaken: one.overtaken && texts(one.overtaken, hidden),
        references: one.references.filter(({ attribute }) => !hidden(attribute)),
      };
    }),
    history: held.history.map((one) => {
      const hidden = one.connection === null ? isHidden : sight.accounts(one.connection, object);
      return { ...one, before: without(one.before, hidden), after: without(one.after, hidden) };
    }),
    decisions: held.decisions.map((one) => ({ ...one, detail: texts(one.detail, noted(one.stagedId)) })),
    parked: held.parked.map((one) => ({ ...one, detail: texts(one.detail, noted(one.stagedId)) })),
    audit: held.audit.map((one) => ({
      ...one,
      // Where others were when they did it is theirs.
      actor: { ...one.actor, source: null },
      values: one.values && {
        ...one.values,
        before: one.values.before && texts(one.values.before, noted(one.subject.stagedId)),
        after: one.values.after && texts(one.values.after, noted(one.subject.stagedId)),
      },
    })),
  };
}

interface Contribution {
  readonly connection: string;
  readonly read: { readonly [attribute: string]: unknown };
}

function texts(json: string, isHidden: Isnt): string {
  return JSON.stringify(bared(JSON.parse(json), isHidden));
}
