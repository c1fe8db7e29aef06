/** What the suite writes. */
import type { WriteItem, Writer } from '#connectors/contract';
import { mustBe } from './must.ts';
import type { Scene } from './scene.ts';
import type { SeedObject, Subject } from './subject.ts';

type Texts = { readonly text?: string | null; readonly other?: string | null; readonly list?: readonly string[] | null };

export async function writeNow({ connection }: Scene<unknown>, items: readonly WriteItem[]): ReturnType<Writer['write']> {
  const results = await connection.write!.write(items);
  mustBe(results.length, items.length, 'a write answers once for each item, in their order (contract: Writer.write)');
  await connection.write!.commit?.();
  if (connection.write!.answers === 'object')
    for (const [i, result] of results.entries())
      mustBe(
        result.ok && (result.object !== undefined || (result.edited === true && Object.keys(items[i]!.set).length === 0)),
        result.ok && items[i]!.operation !== 'delete',
        'with `answers: object`, each answer shows the object, but of deletes and edits (contract: Writer.answers)',
      );
  return results;
}

export function create({ subject }: Scene<unknown>, { key, ...values }: SeedObject): WriteItem {
  const { name, set } = subject.creating?.(key) ?? {};
  return {
    attempt: `create ${key}`,
    operation: 'create',
    kind: subject.kind,
    anchor: subject.anchor(key),
    ...(name === undefined ? {} : { name }),
    set: { ...set, ...named(subject, values) },
  };
}

export function update({ subject }: Scene<unknown>, key: string, values: Texts): WriteItem {
  return {
    attempt: `update ${key}`,
    operation: 'update',
    kind: subject.kind,
    anchor: subject.anchor(key),
    set: named(subject, values),
  };
}

export function remove({ subject }: Scene<unknown>, key: string): WriteItem {
  return { attempt: `delete ${key}`, operation: 'delete', kind: subject.kind, anchor: subject.anchor(key), set: {} };
}

function named({ attributes }: Subject<unknown>, values: Texts): WriteItem['set'] {
  const set: { [name: string]: string | null | readonly string[] } = {};
  for (const key of ['text', 'other', 'list'] as const) if (values[key] !== undefined) set[attributes[key]] = values[key];
  return set;
}
