/** What a system that is not configured yet has to offer: its columns, and which attribute each probably is. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type Fault, RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import { type Definition, type Operation, type Program, type Proposed, type Session, versioned } from './operation.ts';
import { fault } from './shapes.ts';
import { type Proposal, propose, proposeAnchor } from './starter/propose.ts';

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
  /** Settings that fit what is there, besides those given: an encoding, an anchor. */
  readonly settings: { readonly [key: string]: unknown };
  /** What looks wrong about the settings given. */
  readonly warnings: readonly Fault[];
  /** How most of its people are named, where names are paths: `rdn=…,parent`. */
  readonly naming: { readonly rdn: string; readonly parent: string } | null;
}

const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

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
    settings: z.record(z.string(), z.unknown()),
    warnings: z.array(fault),
    naming: z.object({ rdn: z.string(), parent: z.string() }).nullable(),
  }),
  async run({ type, settings }, session) {
    const definition = definitionOf(type, session.program);
    const proposed = await proposedBy(definition, settings, session);
    const kinds = await columnsOf(definition, { ...proposed.settings, ...settings }, session);
    const columns = kinds.person ?? Object.values(kinds)[0] ?? [];
    const proposals = propose(columns);
    const { anchor } = proposed.settings;
    return {
      type,
      kinds,
      columns,
      proposals,
      anchor: typeof anchor === 'string' ? anchor : proposeAnchor(columns, proposals),
      settings: proposed.settings,
      warnings: proposed.warnings ?? [],
      naming: proposed.naming ?? null,
    };
  },
};

/** Errors: notFound, naming the nearest connector. */
export function definitionOf(type: string, { definitions }: Program): Definition {
  const found = definitions.get(type);
  if (found !== undefined) return found;
  const near = nearest(type, definitions.keys());
  throw new RollcallError('notFound', `There is no connector '${type}'.`, {
    remedy: near === null ? `There are ${[...definitions.keys()].sort().join(', ')}.` : `Did you mean '${near}'?`,
  });
}

/** The settings as the connector checks them, and what it is opened in. */
function checked(definition: Definition, settings: DiscoverInput['settings'], session: Session) {
  // The anchor is chosen among the columns, so it is not known yet; any name lets the connector open what it is to show.
  let parsed = definition.config.safeParse({ anchor: 'id', ...settings });
  const unknown = (parsed.error?.issues ?? []).flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (unknown.some((key) => key in settings))
    throw new RollcallError('configuration', `${definition.type} has no setting '${unknown[0]}'.`, {
      remedy: `See docs/guide/${definition.type}.md for those it has.`,
    });
  if (unknown.includes('anchor')) parsed = definition.config.safeParse(settings);
  if (!parsed.success) throw wrongSettings(definition, parsed.error);
  const context = {
    connection: definition.type,
    folder: dirname(resolve(session.file)),
    limits: { maxObjectBytes: MAX_OBJECT_BYTES },
    warn: () => {},
  };
  return { config: parsed.data, context };
}

/** Says the first thing that is wrong with the settings of a connector. */
export function wrongSettings(definition: Definition, { issues }: z.ZodError): RollcallError {
  const first = issues[0];
  const at = first === undefined || first.path.length === 0 ? '' : ` ${first.path.join('.')}`;
  return new RollcallError(
    'configuration',
    `${definition.type}:${at} ${first?.message ?? 'the settings are not valid'}.`.replace(/\.\.$/, '.'),
    { remedy: `Give each setting it needs, such as --set path=hr/employees.csv; docs/guide/${definition.type}.md has them all.` },
  );
}

async function proposedBy(definition: Definition, settings: DiscoverInput['settings'], session: Session): Promise<Proposed> {
  const { config, context } = checked(definition, settings, session);
  return (await definition.propose?.(config, context)) ?? { settings: {} };
}

async function columnsOf(
  definition: Definition,
  settings: DiscoverInput['settings'],
  session: Session,
): Promise<{ [kind: string]: string[] }> {
  const { config, context } = checked(definition, settings, session);
  const connection = definition.open(config, context);
  try {
    const schema = await connection.discoverSchema();
    return Object.fromEntries(Object.entries(schema.kinds).map(([kind, attributes]) => [kind, Object.keys(attributes)]));
  } finally {
    await connection.close();
  }
}
