/** One person or group as a page shows them: what is agreed, where each value comes from, and what whoever asks may edit. */
import { z } from 'zod';
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { formatInstant } from '#core/time';
import { isBlob, scalars, type Value } from '#core/values';
import { barrier, editedRow, versionOf } from '#edits/edit';
import { PHOTO_SIDES } from '#edits/photo';
import { sees } from '#edits/rights';
import { explain } from '#people/explain';
import { describe } from '#people/find';
import { type Operation, versioned } from './operation.ts';
import { instant } from './shapes.ts';
import { sightOf } from './shown.ts';
import { type Asker, isPersonOnly, isStranger, named, whoShape } from './who.ts';

export interface ProfileInput {
  readonly person: string;
  readonly who: Asker;
}
export interface ProfileAttribute {
  readonly attribute: string;
  readonly label: string | null;
  readonly type: string;
  readonly multi: boolean;
  /** References as `{object, label}`; null = none. */
  readonly value: unknown;
  /** The connection whose value it is; null where Rollcall made it, a person fixed it, or there is none. */
  readonly connection: string | null;
  readonly fixed: boolean;
  readonly since: string | null;
  /** Said here by an edit, whatever wins. */
  readonly edited: boolean;
  readonly editable: boolean;
  /** Why it is not editable. */
  readonly why: string | null;
  readonly rules: {
    readonly pattern: string | null;
    readonly minLength: number | null;
    readonly maxLength: number | null;
    readonly min: unknown;
    readonly max: unknown;
    readonly choices: readonly unknown[] | null;
  };
}
export interface ProfileOutput {
  readonly id: number;
  readonly kind: string;
  readonly label: string;
  readonly state: string;
  /** To be sent with an edit of what was shown. */
  readonly editVersion: string;
  readonly attributes: readonly ProfileAttribute[];
  readonly manager: { readonly object: number; readonly label: string } | null;
  /** The original's hash; sizes in pixels that it can be had in. */
  readonly photo: { readonly hash: string; readonly sizes: readonly number[] } | null;
  readonly accounts: readonly { readonly connection: string; readonly account: string | null; readonly presence: string }[];
}

const nullable = z.string().nullable();

export const profile: Operation<ProfileInput, ProfileOutput> = {
  name: 'profile',
  permission: 'profile.read',
  input: z.object({ person: z.string().min(1), who: whoShape.default(null) }),
  output: versioned<ProfileOutput>('profile', {
    id: z.number(),
    kind: z.string(),
    label: z.string(),
    state: z.string(),
    editVersion: z.string(),
    attributes: z.array(
      z.object({
        attribute: z.string(),
        label: nullable,
        type: z.string(),
        multi: z.boolean(),
        value: z.unknown(),
        connection: nullable,
        fixed: z.boolean(),
        since: instant.nullable(),
        edited: z.boolean(),
        editable: z.boolean(),
        why: nullable,
        rules: z.object({
          pattern: nullable,
          minLength: z.number().nullable(),
          maxLength: z.number().nullable(),
          min: z.unknown(),
          max: z.unknown(),
          choices: z.array(z.unknown()).nullable(),
        }),
      }),
    ),
    manager: z.object({ object: z.number(), label: z.string() }).nullable(),
    photo: z.object({ hash: z.string(), sizes: z.array(z.number()) }).nullable(),
    accounts: z.array(z.object({ connection: z.string(), account: nullable, presence: z.string() })),
  }),
  async run({ person, who }, session) {
    const services = await session.services('read');
    const row = await named(person, who, services);
    const rules = services.config.kinds.get(row.kind);
    if (rules === undefined) throw new RollcallError('notFound', `rollcall.yaml has no kind '${row.kind}' any more`);
    const seen = [...rules.attributes.values()].filter(({ field }) => sees(field, who, row.id));
    if (seen.length === 0)
      throw new RollcallError('permission', 'nothing of this person may be seen', { remedy: 'ask an administrator for a role' });
    const reasons = new Map((await explain(row, null, services)).attributes.map((one) => [one.attribute, one]));
    const agreed = parseImage(row.attributes);
    const edits = await editedRow(row, services);
    const said = edits === undefined || edits.presence === 'gone' ? {} : parseImage(edits.seen ?? '{}');
    const refers = seen.filter(({ type, multi }) => type === 'reference' && !multi).flatMap(({ name }) => scalars(agreed[name]));
    const sight = sightOf(who, services);
    const labels = await sight.labels(refers.filter((one) => typeof one === 'number'));
    const shown = (value: Value | undefined, type: string): unknown => {
      if (type !== 'reference') return value ?? null;
      const all = scalars(value).map((one) => ({ object: one, label: labels.get(Number(one)) ?? `#${one}` }));
      return Array.isArray(value) ? all : (all[0] ?? null);
    };
    const { id, kind, state } = describe(row);
    const visible = (name: string): boolean => seen.some((one) => one.name === name);
    const photo = visible('photo') ? agreed['photo'] : undefined;
    const manager = visible('manager') ? (shown(agreed['manager'], 'reference') as ProfileOutput['manager']) : null;
    return {
      id,
      kind,
      label: sight.label(row, agreed),
      // Whether somebody leaves is nothing for others.
      state: isStranger(who, id) ? 'unknown' : state,
      editVersion: versionOf(edits),
      attributes: seen.map(({ name, label: title, type, multi, maxLength = null, field }) => {
        const why = barrier(rules.attributes.get(name)!, kind, who, id, services);
        const reason = reasons.get(name);
        const { pattern, minLength, min, max, choices } = field;
        return {
          attribute: name,
          label: title,
          type,
          multi,
          value: shown(agreed[name], type),
          connection: reason?.contributions.find(({ verdict }) => verdict === 'wins' || verdict === 'merged')?.connection ?? null,
          fixed: (reason?.fixed ?? null) !== null,
          since: reason?.changedAt == null ? null : formatInstant(reason.changedAt),
          edited: name in said,
          editable: why === null,
          why,
          rules: { pattern, minLength, maxLength, min, max, choices },
        };
      }),
      manager,
      photo: isBlob(photo) ? { hash: photo.blob, sizes: PHOTO_SIDES } : null,
      accounts: !isPersonOnly(who)
        ? (await services.store.sync.linked([id])).map(({ connection, name, anchor, presence }) => ({
            connection,
            account: name ?? anchor,
            presence,
          }))
        : [],
    };
  },
};
