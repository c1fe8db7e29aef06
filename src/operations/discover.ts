/** What a system that is not configured yet has to offer: its columns, and which attribute each probably is. */
import { z } from 'zod';
import type { Fault } from '#core/errors';
import { type Definition, type Operation, type Proposed, type Session, versioned } from './operation.ts';
import { fault } from './shapes.ts';
import { type Proposal, propose, proposeAnchor } from './starter/propose.ts';
import { checked, contextOf, definitionOf } from './starter/settings.ts';

export interface DiscoverInput {
  readonly type: string;
  readonly settings: { readonly [key: string]: unknown };
}
export interface DiscoverOutput {
  readonly type: string;
  /** Kind of object → its columns or attributes. */
  readonly kinds: { readonly [kind: string]: readonly string[] };
  readonly columns: readonly string[];
  readonly proposals: readonly Proposal[];
  readonly anchor: string | null;
  /** It is one of the columns; otherwise the connector has one of its own. */
  readonly anchorIsColumn: boolean;
  /** Kind → what was seen of its columns, where objects were looked at. */
  readonly seen: NonNullable<Proposed['columns']>;
  /** Settings that fit what is there, besides those given: an encoding, an anchor. */
  readonly settings: { readonly [key: string]: unknown };
  /** What looks wrong about the settings given. */
  readonly warnings: readonly Fault[];
  /** How most of its people are named, where names are paths: `rdn=…,parent`. */
  readonly naming: { readonly rdn: string; readonly parent: string } | null;
  /** Expressions over `row`: who is one of the people, and who of them may sign in. */
  readonly people: { readonly expression: string; readonly about: string } | null;
  readonly enabled: string | null;
  /** What counts only where it is written. */
  readonly target: NonNullable<Proposed['target']>;
}

const naming = z.object({ rdn: z.string(), parent: z.string() });

export const discover: Operation<DiscoverInput, DiscoverOutput> = {
  name: 'discover',
  permission: 'configuration.write',
  input: z.object({ type: z.string().min(1), settings: z.record(z.string(), z.unknown()) }),
  output: versioned<DiscoverOutput>('discover', {
    type: z.string(),
    kinds: z.record(z.string(), z.array(z.string())),
    columns: z.array(z.string()),
    proposals: z.array(z.object({ attribute: z.string(), column: z.string() })),
    anchor: z.string().nullable(),
    anchorIsColumn: z.boolean(),
    seen: z.record(
      z.string(),
      z.array(
        z.object({
          name: z.string(),
          share: z.number(),
          several: z.literal(true).optional(),
          refersBy: z.string().optional(),
        }),
      ),
    ),
    settings: z.record(z.string(), z.unknown()),
    warnings: z.array(fault),
    naming: naming.nullable(),
    people: z.object({ expression: z.string(), about: z.string() }).nullable(),
    enabled: z.string().nullable(),
    target: z.object({
      settings: z.record(z.string(), z.unknown()).optional(),
      names: z.record(z.string(), z.string()).optional(),
      example: naming.optional(),
      besides: z.array(z.object({ column: z.string(), from: z.string(), expression: z.string().optional() })).optional(),
    }),
  }),
  async run({ type, settings }, session) {
    const definition = await definitionOf(type, session);
    const proposed = await proposedBy(definition, settings, session);
    const kinds = seenIn(proposed) ?? (await columnsOf(definition, { ...proposed.settings, ...settings }, session));
    const columns = kinds.person ?? Object.values(kinds)[0] ?? [];
    const seen = proposed.columns ?? {};
    const rare = (seen['person'] ?? []).filter(({ share }) => share < 0.5);
    const proposals = propose(columns, new Set(rare.map(({ name }) => name)));
    const anchor = proposed.anchor ?? proposed.settings.anchor;
    return {
      type,
      kinds,
      columns,
      proposals,
      anchor: typeof anchor === 'string' ? anchor : proposeAnchor(columns, proposals),
      anchorIsColumn: proposed.anchor === undefined,
      seen,
      settings: proposed.settings,
      warnings: proposed.warnings ?? [],
      naming: proposed.naming ?? null,
      people: proposed.people ?? null,
      enabled: proposed.enabled ?? null,
      target: proposed.target ?? {},
    };
  },
};

function seenIn({ columns }: Proposed): DiscoverOutput['kinds'] | null {
  if (columns === undefined) return null;
  return Object.fromEntries(Object.entries(columns).map(([kind, all]) => [kind, all.map(({ name }) => name)]));
}

async function proposedBy(definition: Definition, settings: DiscoverInput['settings'], session: Session): Promise<Proposed> {
  const config = await checked(definition, settings, session);
  return (await definition.propose?.(config, contextOf(definition, session))) ?? { settings: {} };
}

async function columnsOf(
  definition: Definition,
  settings: DiscoverInput['settings'],
  session: Session,
): Promise<{ [kind: string]: string[] }> {
  const connection = definition.open(await checked(definition, settings, session), contextOf(definition, session));
  try {
    const schema = await connection.discoverSchema();
    return Object.fromEntries(Object.entries(schema.kinds).map(([kind, attributes]) => [kind, Object.keys(attributes)]));
  } finally {
    await connection.close();
  }
}
