/** What a system that is not configured yet has to offer: its columns, and which attribute each probably is. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import { type Definition, type Operation, type Program, type Session, versioned } from './operation.ts';
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
  }),
  async run({ type, settings }, session) {
    const kinds = await columnsOf(definitionOf(type, session.program), settings, session);
    const columns = kinds.person ?? Object.values(kinds)[0] ?? [];
    const proposals = propose(columns);
    return { type, kinds, columns, proposals, anchor: proposeAnchor(columns, proposals) };
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

async function columnsOf(
  definition: Definition,
  settings: DiscoverInput['settings'],
  session: Session,
): Promise<{ [kind: string]: string[] }> {
  // The anchor is chosen among the columns, so it is not known yet; any name lets the connector open what it is to show.
  let checked = definition.config.safeParse({ anchor: 'id', ...settings });
  if (!checked.success) checked = definition.config.safeParse(settings);
  if (!checked.success) {
    const first = checked.error.issues[0];
    throw new RollcallError(
      'configuration',
      `${definition.type}: ${first?.path.join('.') ?? ''} ${first?.message ?? 'the settings are not valid'}.`,
      {
        remedy: 'Give the missing setting, such as --set path=hr/employees.csv.',
      },
    );
  }
  const connection = definition.open(checked.data, {
    connection: definition.type,
    folder: dirname(resolve(session.file)),
    limits: { maxObjectBytes: MAX_OBJECT_BYTES },
    warn: () => {},
  });
  try {
    const schema = await connection.discoverSchema();
    return Object.fromEntries(Object.entries(schema.kinds).map(([kind, attributes]) => [kind, Object.keys(attributes)]));
  } finally {
    await connection.close();
  }
}
