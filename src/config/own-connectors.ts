/**
 * Connectors of one's own: `type: ./connectors/user-master.ts`, loaded before the settings are checked (module.ts). What a file exports is
 * checked as anything from outside is; its zod may be another copy than ours, so that a schema is known by what it has.
 */
import { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Collector } from './collect.ts';
import { loadModule } from './module.ts';
import type { Sources } from './secrets/references.ts';
import { connectionKeys } from './shape/file.ts';
import { knownKeys } from './shape/walk.ts';
import type { Written } from './written.ts';

/** What a type is that names a file. */
export const BY_PATH: RegExp = /^(?:\.{1,2})?\/./;
const GUIDE = 'see docs/guide/custom-connector.md';

const callable = z.custom<never>((value) => typeof value === 'function', 'must be a function');
const definitionShape = z.looseObject({
  type: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a small letter, then small letters, digits or -'),
  title: z.string().min(1, 'must not be empty'),
  maturity: z.enum(['stable', 'beta', 'alpha'], 'must be stable, beta or alpha'),
  config: z.custom<z.ZodType>(isObjectSchema, 'must be a z.strictObject of zod 4'),
  writes: z
    .union([z.enum(['never', 'callerKey', 'callerName']), callable], 'must be never, callerKey, callerName or a function')
    .optional(),
  cannot: callable.optional(),
  cannotSayEmpty: callable.optional(),
  anchors: callable.optional(),
  asks: callable.optional(),
  propose: callable.optional(),
  open: callable,
});

/** All types there are: those built in, and those that connections name by path. Faulty ones are reported and left out. */
export async function withOwnConnectors(
  written: Written,
  builtIn: ReadonlyMap<string, ConnectorDefinition>,
  sources: Sources,
  collect: Collector,
): Promise<ReadonlyMap<string, ConnectorDefinition>> {
  const all = new Map(builtIn);
  /** Type → the file it is from. */
  const files = new Map<string, string>();
  for (const [name, { type: file }] of Object.entries(written.connections ?? {})) {
    if (!BY_PATH.test(file) || all.has(file)) continue;
    const found = await load(file, sources);
    const taken = 'fault' in found ? null : takenBy(found, builtIn, files);
    if ('fault' in found || taken !== null) {
      const { fault, remedy } = taken ?? (found as Fault);
      collect.fault(['connections', name, 'type'], 'value', fault, remedy);
      continue;
    }
    files.set(found.definition.type, found.absolute);
    all.set(file, found.definition);
  }
  return all;
}

/** One by its path. Errors: configuration. */
export async function ownConnector(
  file: string,
  builtIn: ReadonlyMap<string, ConnectorDefinition>,
  sources: Sources,
): Promise<ConnectorDefinition> {
  const found = await load(file, sources);
  const wrong = 'fault' in found ? found : takenBy(found, builtIn, new Map());
  if (wrong !== null) throw new RollcallError('configuration', `${wrong.fault}.`, { remedy: wrong.remedy });
  return (found as Found).definition;
}

interface Fault {
  readonly fault: string;
  readonly remedy: string;
}
interface Found {
  readonly definition: ConnectorDefinition;
  readonly absolute: string;
}

/** A type stands for one meaning in the store and in messages. */
function takenBy(
  { definition: { type }, absolute }: Found,
  builtIn: ReadonlyMap<string, unknown>,
  files: ReadonlyMap<string, string>,
): Fault | null {
  const remedy = 'give it a type of its own';
  if (builtIn.has(type)) return { fault: `its type, ${type}, is that of a connector which is built in`, remedy };
  const other = files.get(type);
  return other === undefined || other === absolute ? null : { fault: `its type, ${type}, is that of ${other} as well`, remedy };
}

async function load(file: string, sources: Sources): Promise<Found | Fault> {
  const loaded = await loadModule(file, sources);
  if ('fault' in loaded) return loaded;
  const { module, absolute } = loaded;
  const candidates = module.default === undefined ? Object.values(module).filter(opens) : [module.default];
  if (candidates.length !== 1)
    return {
      fault: `the file ${file} exports ${candidates.length === 0 ? 'no connector' : 'several connectors'}`,
      remedy: `export default one ConnectorDefinition; ${GUIDE}`,
    };
  const definition = candidates[0];
  const checked = definitionShape.safeParse(definition);
  if (!checked.success) return { fault: `the connector in ${file} is not right: ${sentenceOf(checked.error)}`, remedy: GUIDE };
  const common = knownKeys(checked.data.config, []).find((key) => Object.hasOwn(connectionKeys, key));
  if (common !== undefined)
    return {
      fault: `the connector in ${file} is not right: its setting ${common} is a key of every connection`,
      remedy: 'give the setting another name',
    };
  return { definition: definition as ConnectorDefinition, absolute };
}

function opens(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { open?: unknown }).open === 'function';
}

function isObjectSchema(value: unknown): boolean {
  const schema = value as
    | { readonly _zod?: { readonly def?: { readonly type?: unknown } }; readonly safeParse?: unknown }
    | null
    | undefined;
  return (
    typeof schema?.safeParse === 'function' &&
    schema._zod?.def?.type !== undefined &&
    knownKeys(value as z.ZodType, []).length > 0
  );
}

function sentenceOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) =>
      path.length === 0 ? 'it is no object' : `${path.join('.')} ${message.replace(/^Invalid input.*/, 'is missing or wrong')}`,
    )
    .join('; ');
}
