/** A request to change one resource, and its answer, as data: what the loop that answers and the connector that receives exchange. */
import type { ScimErrorBody } from './errors.ts';
import type { Resource } from './resource.ts';

export type ScimRequest =
  | { readonly do: 'create'; readonly body: unknown }
  | { readonly do: 'replace' | 'patch'; readonly body: unknown; readonly ifMatch?: string; readonly ifNoneMatch?: string }
  | { readonly do: 'delete'; readonly ifMatch?: string; readonly ifNoneMatch?: string };

export type ScimAnswer =
  | {
      /** As it is now; null where it is gone. Without members. */
      readonly resource: Resource | null;
      readonly changed: boolean;
    }
  | { readonly error: ScimErrorBody };
