/** What the parts of a SCIM service share while one request is answered. */
import type { ScimBase } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import type { OpenStore } from '#operations/operation';
import { fromImage } from '#protocols/scim/image';
import type { Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { ReceiveRequest } from '#service/contract';
import type { ServiceThread } from '#service/thread';
import type { Told } from '../told.ts';

export interface ScimServices {
  /** By connection. */
  readonly bases: ReadonlyMap<string, ScimBase>;
  readonly store: Pick<OpenStore, 'pushed' | 'spaces'>;
  readonly works: Pick<ServiceThread, 'ask'>;
  /** Wall clock, ms. */
  readonly wall: () => number;
  readonly told: Pick<Told, 'failed'>;
}

/** One base URL, as it was asked for. */
export interface Asked {
  readonly connection: string;
  readonly base: ScimBase;
  /** `https://rollcall.example.org/scim/v2/okta`. */
  readonly url: string;
  /** Whose token it was. */
  readonly by: string;
  /** The same for the audit log, with the address it came from. */
  readonly actor: ReceiveRequest['actor'];
}

export type Row = Awaited<ReturnType<ScimServices['store']['pushed']['byKeys']>>[number];

/** Null for what is not there any more. */
export function resourceOf({ presence, seen, anchor }: Row, type: ScimResourceType): Resource | null {
  return presence === 'gone' || seen === null || anchor === null ? null : fromImage(parseImage(seen), anchor, type);
}
