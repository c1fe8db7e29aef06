/** What a base URL can do, whatever stands behind it: resources that are pushed (pushed.ts), or what is agreed (agreed.ts). */
import type { SortValue } from '#core/sorted';
import type { ServiceSettings } from '#protocols/scim/discovery';
import type { ScimRequest } from '#protocols/scim/request';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { ReceiveRequest } from '#worker/contract';

/** One base URL, as it was asked for. */
export interface Asked {
  /** `https://rollcall.example.org/scim/v2/okta`. */
  readonly url: string;
  /** Whose token it was. */
  readonly by: string;
  /** The same for the audit log, with the address it came from. */
  readonly actor: ReceiveRequest['actor'];
  /** The token changes nothing. */
  readonly onlyReads: boolean;
}

export interface Item {
  readonly resource: Resource;
  /** The number of its row in the store; null where nobody looked. */
  readonly row: number | null;
}

export interface Position {
  readonly row: number;
  /** What it is sorted by; null where it has none, or nothing is sorted. */
  readonly value: SortValue;
}

/** Those of a type for which a filter holds. */
export interface Listed {
  page(page: {
    readonly sort: { readonly path: readonly string[]; readonly descending: boolean } | null;
    readonly after: Position | null;
    readonly offset: number;
    readonly limit: number;
  }): Promise<{ readonly items: readonly Item[]; readonly more: boolean; readonly position: Position | null }>;
  /** Null: nobody knows. */
  count(): Promise<number | null>;
}

export interface Written {
  /** Null where it is gone. */
  readonly item: Item | null;
}

export interface Side {
  readonly types: readonly ScimResourceType[];
  /** Whether what identity providers send is understood where it is not as the RFC wants it. */
  readonly tolerant: boolean;
  /** What is promised, and kept. */
  readonly settings: ServiceSettings;
  /** `members`: whether they are to be shown with it. */
  find(type: ScimResourceType, id: string, members: boolean): Promise<Item | null>;
  /** `whole`: how many there are must be known. */
  listed(filter: string | undefined, type: ScimResourceType, whole: boolean): Promise<Listed>;
  /** Of a group, page by page. */
  members(item: Item): AsyncIterable<readonly Complex[]>;
  /** The groups that each of these users is in, by the user's id. */
  groups(users: readonly Item[]): Promise<ReadonlyMap<string, readonly Complex[]>>;
  create(body: unknown, type: ScimResourceType): Promise<Written>;
  write(id: string, request: ScimRequest, type: ScimResourceType): Promise<Written>;
}

export const PAGE: { readonly defaultCount: number; readonly maxCount: number } = { defaultCount: 100, maxCount: 1_000 };
export const BULK: { readonly maxOperations: number; readonly maxPayloadSize: number } = {
  maxOperations: 1_000,
  maxPayloadSize: 4_194_304,
};

/** Going through everybody for one filter is given up after this long. */
export const MOST_MS = 2_000;

export function settings({ writes }: { readonly writes: boolean }): ServiceSettings {
  return {
    patch: writes,
    ...(writes ? { bulk: BULK } : {}),
    filter: { maxResults: PAGE.maxCount },
    changePassword: false,
    sort: true,
    etag: true,
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token that an administrator makes for this base URL.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: PAGE.defaultCount,
      maxPageSize: PAGE.maxCount,
    },
  };
}
