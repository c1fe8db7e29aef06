/**
 * How servers of SCIM differ, as flags: what each of them is when nobody says anything, and what is known of the systems that may be
 * named as `target`. What a server says of itself (ServiceProviderConfig) fills what is left open.
 */

/** `paths`: with filters in them; `plain`: without, several values as a whole; `values`: no paths but of what is removed; `put`: no PATCH. */
export const UPDATES = ['paths', 'plain', 'values', 'put'] as const;
export type Update = (typeof UPDATES)[number];
export const PAGINGS = ['index', 'cursor'] as const;
export type Paging = (typeof PAGINGS)[number];
export const TARGETS = ['generic', 'aws', 'github', 'pagerduty', 'salesforce'] as const;
export type TargetName = (typeof TARGETS)[number];

export interface Flags {
  /** Left open: what the server says that it can. */
  readonly update?: Update | undefined;
  readonly paging?: Paging | undefined;
  /** Membership changes that one request may hold. */
  readonly membersPerPatch?: number | undefined;
  /** Whether a group that is read has its members. */
  readonly membersShown?: boolean | undefined;
  /** What `active: false` makes of a user. */
  readonly inactive?: 'kept' | 'deleted' | undefined;
  /** Whether users can be deleted. */
  readonly deletesUsers?: boolean | undefined;
  /** Attributes by which the server finds users and groups, where it does not take a filter by each; by another one all are read through. */
  readonly filters?: readonly string[] | undefined;
}

interface Target extends Flags {
  readonly title: string;
  /** Members are removed by a list of them, not by a filter in the path: such a list would empty a group elsewhere (RFC 7644 3.5.2.2). */
  readonly removesByList?: true;
  /** Lists of several values that are cut short when they are shown, by attribute. */
  readonly cut?: { readonly [attribute: string]: number };
}

export const KNOWN: { readonly [name in TargetName]: Target } = {
  generic: { title: 'the server' },
  aws: {
    title: 'AWS IAM Identity Center',
    update: 'paths',
    paging: 'cursor',
    membersPerPatch: 100,
    membersShown: false,
    removesByList: true,
    filters: ['userName', 'externalId', 'displayName'],
  },
  github: {
    title: 'GitHub',
    update: 'values',
    paging: 'index',
    inactive: 'deleted',
    filters: ['userName', 'externalId', 'displayName'],
  },
  pagerduty: { title: 'PagerDuty', update: 'plain', paging: 'index', inactive: 'deleted', filters: ['userName'] },
  salesforce: { title: 'Salesforce', update: 'paths', paging: 'index', deletesUsers: false, cut: { entitlements: 200 } },
};
