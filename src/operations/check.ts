/**
 * Every fault of the configuration at once; then whether the store can be used, each system be reached, and whether the rules fit what
 * it has.
 */

import { z } from 'zod';
import { checkAgainstSchemas, protectionDoubts } from '#config/schemas';
import { type Fault, toFault } from '#core/errors';
import { deaf } from '#runs/index';
import type { Services } from '#runs/model';
import { mappedBy, PROOFS, type Proof, proofOf } from '#runs/reasons';
import { type Operation, type Session, STORE_LOOKS, versioned } from './operation.ts';
import { connectionsOf } from './scope.ts';
import { linesOf, storePlace } from './session.ts';
import { fault } from './shapes.ts';

export interface CheckInput {
  readonly connections: readonly string[];
  /** Only the file: reach no system. */
  readonly offline: boolean;
}
export interface CheckedConnection {
  readonly connection: string;
  readonly type: string;
  /** What the system said of itself; null when it could not be reached. */
  readonly message: string | null;
  /** Kind → number of attributes. */
  readonly kinds: { readonly [kind: string]: number };
  /** What ends an export to it; null where nothing is exported, or it could not be reached. */
  readonly proof: Proof | null;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}
export interface CheckedStore {
  /** Path of the file, or address of the database. */
  readonly place: string;
  /** Null where it cannot be used; `faults` say why. */
  readonly state: (typeof STORE_LOOKS)[number] | null;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}
export interface CheckOutput {
  readonly file: string;
  readonly ok: boolean;
  /** Of the file. */
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** Number → text of the lines that faults of the file name. */
  readonly lines: { readonly [line: string]: string };
  /** Null where it was not tried. */
  readonly store: CheckedStore | null;
  readonly connections: readonly CheckedConnection[];
}

type Configuration = Services['config'];
type ConnectionConfig = Configuration['connections'][number];

export const check: Operation<CheckInput, CheckOutput> = {
  name: 'check',
  permission: 'configuration.read',
  input: z.object({ connections: z.array(z.string().min(1)).default([]), offline: z.boolean().default(false) }),
  output: versioned<CheckOutput>('check', {
    file: z.string(),
    ok: z.boolean(),
    faults: z.array(fault),
    warnings: z.array(fault),
    lines: z.record(z.string(), z.string()),
    store: z
      .object({ place: z.string(), state: z.enum(STORE_LOOKS).nullable(), faults: z.array(fault), warnings: z.array(fault) })
      .nullable(),
    connections: z.array(
      z.object({
        connection: z.string(),
        type: z.string(),
        message: z.string().nullable(),
        kinds: z.record(z.string(), z.number()),
        proof: z.enum(PROOFS).nullable(),
        faults: z.array(fault),
        warnings: z.array(fault),
      }),
    ),
  }),
  async run({ connections, offline }, session) {
    const loaded = await session.program.loadConfig(session.file);
    if (!loaded.ok) {
      const { faults } = loaded;
      const lines = await linesOf(session.file, faults);
      return { file: session.file, ok: false, faults, warnings: [], lines, store: null, connections: [] };
    }
    const { config, warnings } = loaded;
    const names = connectionsOf(connections, { config });
    const wanted = offline ? [] : config.connections.filter((one) => names === null || names.includes(one.name));
    const [store, ...checked] = await Promise.all([
      offline ? null : tryStore(config, session),
      ...wanted.map((one) => reach(one, config)),
    ]);
    const faults = [...(store?.faults ?? []), ...checked.flatMap((one) => [...one.faults])];
    return {
      file: session.file,
      ok: faults.length === 0,
      faults: [],
      warnings,
      lines: await linesOf(session.file, [...warnings, ...faults]),
      store,
      connections: checked,
    };
  },
};

async function tryStore(config: Configuration, { program }: Session): Promise<CheckedStore> {
  const place = storePlace(config.store);
  try {
    return { place, ...(await program.lookAtStore(config)), faults: [] };
  } catch (error) {
    return { place, state: null, faults: [toFault(error)], warnings: [] };
  }
}

async function reach(config: ConnectionConfig, whole: Configuration): Promise<CheckedConnection> {
  const warnings: Fault[] = [];
  const base = { connection: config.name, type: config.type, warnings };
  try {
    const connection = config.definition.open(config.settings, {
      ...mappedBy(config),
      connection: config.name,
      folder: whole.folder,
      limits: whole.limits,
      warn: (one) => void warnings.push(one),
    });
    try {
      const message = await connection.test();
      const schema = await connection.discoverSchema();
      warnings.push(...protectionDoubts(whole, config, schema));
      const kinds = Object.fromEntries(
        Object.entries(schema.kinds).map(([kind, attributes]) => [kind, Object.keys(attributes).length]),
      );
      const proof = config.exports.size === 0 ? null : proofOf(connection);
      const unheard = config.live && connection.read?.watch === undefined ? [toFault(deaf(config))] : [];
      const faults = [...unheard, ...checkAgainstSchemas(whole, new Map([[config.name, schema]]))];
      return { ...base, message, kinds, proof, faults };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { ...base, message: null, kinds: {}, proof: null, faults: [toFault(error, { connection: config.name })] };
  }
}
