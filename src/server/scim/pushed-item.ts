/** What was pushed, as a row and as a resource. */
import type { ScimBase } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import type { OpenStore } from '#operations/operation';
import { fromImage } from '#protocols/scim/image';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { Asked, Item } from './side.ts';

/** Whose resources they are, and for whom. */
export interface Pushed extends Asked {
  readonly connection: string;
  readonly base: ScimBase;
}

type Row = Awaited<ReturnType<OpenStore['pushed']['byKeys']>>[number];

/** Null for what is not there any more. */
export function itemOf({ id, presence, seen, anchor }: Row, type: ScimResourceType): Item | null {
  if (presence === 'gone' || seen === null || anchor === null) return null;
  return { resource: fromImage(parseImage(seen), anchor, type), row: id };
}
