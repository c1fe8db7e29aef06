/** rollcall.yaml → `Configuration`, or every fault in it at once, each with line, column and remedy. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { ConnectorDefinition } from '#connectors/contract';
import { sha256Hex } from '#core/digest';
import type { Fault } from '#core/errors';
import { parseDuration } from '#core/time';
import { checkPersonBy, readAccess } from './access.ts';
import { byPosition, type Collector, collector } from './collect.ts';
import { readConnections } from './connections.ts';
import { MAX_FILE_BYTES, parseDocument } from './document.ts';
import { withEdits } from './edits.ts';
import { logOf } from './log.ts';
import type { Configuration, Hook, Schedule } from './model.ts';
import { readNotify } from './notify.ts';
import { outlineOf } from './outline.ts';
import { rememberPositions } from './places.ts';
import { checkAndPrune } from './prune.ts';
import { bytes } from './quantity.ts';
import { readServed } from './scim.ts';
import { conceal } from './secrets/conceal.ts';
import { type Resolved, resolveReferences, type Sources } from './secrets/references.ts';
import { serverOf } from './server.ts';
import { file as fileShape } from './shape/file.ts';
import { DEFAULT_OBJECT_SIZE, DEFAULT_STORE, STORE, storedOnly, storeOf } from './stored.ts';
import { readTelemetry } from './telemetry.ts';
import type { Written, WrittenHook, WrittenSchedule } from './written.ts';

export interface LoadOptions {
  /** As given by the user; faults repeat it. */
  readonly file: string;
  /** Connector type → definition. */
  readonly definitions: ReadonlyMap<string, ConnectorDefinition>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads UTF-8 text by absolute path; rejects as node:fs does. */
  readonly readFile?: (file: string) => Promise<string>;
}

export type Loaded =
  | { readonly ok: true; readonly config: Configuration; readonly warnings: readonly Fault[] }
  | {
      readonly ok: false;
      readonly faults: readonly Fault[];
      readonly files: Configuration['files'];
      /** To look at the store alone; left out where the faults leave in doubt which one that is. */
      readonly stored?: Configuration;
    };

const DAY = 86_400_000;
/** Nobody mends more in one go; a file of the wrong kind has one in every line. */
const MOST_FAULTS = 1_000;

/** Never throws for what is in the file, around it, or missing. Touches no network and no connected system. */
export async function loadConfiguration(options: LoadOptions): Promise<Loaded> {
  const files = new Map<string, string | null>();
  const readFile = async (name: string): Promise<string> => {
    files.set(name, null);
    const read = await (options.readFile ?? readText)(name);
    files.set(name, sha256Hex(read));
    return read;
  };
  const file = path.resolve(options.file);
  let text: string;
  try {
    text = await readFile(file);
  } catch (error) {
    return { ok: false, faults: [unreadable(options.file, error)], files };
  }
  const parsed = parseDocument(text, options.file);
  const sources: Sources = { folder: path.dirname(file), env: options.env, readFile };
  const refused = async (found: readonly Fault[], kinds: Configuration['kinds'] | null = null): Promise<Loaded> => {
    const faults = found.toSorted(byPosition).slice(0, MOST_FAULTS);
    const stored = await storedOnly({ text, data: parsed.data, file }, kinds, sources);
    return { ok: false, faults, files, ...(stored === undefined ? {} : { stored }) };
  };
  if (parsed.broken) return refused(parsed.faults);
  const collect = collector(options.file, parsed.positions);
  const written = checkAndPrune(parsed.data, fileShape, collect) as Written | undefined;
  if (written === undefined) return refused([...parsed.faults, ...collect.faults]);

  const store = await resolved(written.store ?? DEFAULT_STORE, ['store'], sources, collect);
  // What a program or a webhook is given may be a password, whatever the setting is called.
  const hooks = await resolved(written.hooks ?? [], ['hooks'], sources, collect, () => true);
  const read = await readConnections(
    withEdits(written, options.definitions),
    outlineOf(withEdits(parsed.data as Written, options.definitions)),
    options.definitions,
    sources,
    collect,
  );
  checkResolved(store, hooks, collect);
  const names = Object.keys(written.connections ?? {});
  const scim = collect.faults.length === 0 ? readServed(written.scim, read.kinds, names, collect) : new Map<string, never>();
  const access = await readAccess(written.access ?? {}, sources, collect);
  const telemetry = await readTelemetry(written.telemetry ?? {}, sources, collect);
  checkPersonBy(access, read.kinds, collect);
  const known = new Set(Object.keys(written.connections ?? {}));
  const notify = await readNotify(written.notify ?? {}, known, sources, collect);
  const faults = [...parsed.faults, ...collect.faults];
  if (faults.length > 0) return refused(faults, read.kinds);

  const config: Configuration = {
    file,
    files,
    folder: sources.folder,
    store: storeOf(store, sources.folder),
    zone: written.zone ?? 'UTC',
    connections: read.connections,
    kinds: read.kinds,
    hooks: hooksOf(hooks),
    profiles: new Map(Object.entries(written.profiles ?? {})),
    schedule: schedulesOf(written),
    retentionDays: Math.ceil(parseDuration(written.retention ?? '400d') / DAY),
    auditRetentionMs: written.audit?.retention === undefined ? null : parseDuration(written.audit.retention),
    limits: { maxObjectBytes: bytes(written.limits?.maxObjectSize ?? DEFAULT_OBJECT_SIZE) },
    access,
    notify,
    server: serverOf(written.server ?? {}, sources.folder),
    log: logOf(written.log ?? {}, sources.folder),
    telemetry,
    scim,
  };
  rememberPositions(config, parsed.positions);
  return { ok: true, config, warnings: collect.warnings.sort(byPosition) };
}

async function resolved(
  value: unknown,
  at: readonly string[],
  sources: Sources,
  collect: Collector,
  hidden?: () => boolean,
): Promise<Resolved & { written: unknown }> {
  const answer = await resolveReferences(
    value,
    () => false,
    sources,
    (inner, message, remedy) => collect.fault([...at, ...inner], 'value', message, remedy),
    hidden,
  );
  return { ...answer, written: value };
}

function schedulesOf({ schedule = {}, zone = 'UTC' }: Written): Configuration['schedule'] {
  const usual = { zone, missed: 'once', profile: 'cycle' } as const;
  const whole = (one: string | WrittenSchedule): Schedule => ({ ...usual, ...(typeof one === 'string' ? { cron: one } : one) });
  return new Map(Object.entries(schedule).map(([name, one]) => [name, whole(one)]));
}

/** The shape could only look at references; now their values are here. */
function checkResolved(store: Resolved, hooks: Resolved, collect: Collector): void {
  if (!STORE.test(String(store.data))) {
    collect.fault(['store'], 'value', 'the reference holds no store', 'let it hold sqlite:FILE or postgres://…');
  }
  for (const [index, { webhook }] of (hooks.data as readonly WrittenHook[]).entries()) {
    if (webhook === undefined || (/^https?:\/\/\S+$/.test(webhook) && URL.canParse(webhook))) continue;
    collect.fault(['hooks', index, 'webhook'], 'value', 'the reference holds no address', 'let it hold an http or https address');
  }
}

function hooksOf(hooks: Resolved & { written: unknown }): readonly Hook[] {
  const out = (hooks.data as readonly WrittenHook[]).map((hook) => ({
    after: hook.after,
    run: hook.command === undefined ? { webhook: hook.webhook! } : { command: hook.command },
    timeoutMs: parseDuration(hook.timeout ?? '30s'),
    required: hook.required ?? false,
  }));
  for (const [index, ...inner] of hooks.references) {
    const one = (hooks.written as readonly WrittenHook[])[Number(index)]!;
    conceal(out[Number(index)]!.run, one.command === undefined ? { webhook: one.webhook } : { command: one.command }, [inner]);
  }
  return out;
}

/** At most a little more than a configuration may have, so that a wrong path to a huge file costs nothing. */
async function readText(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, length));
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, error: unknown): Fault {
  const { code } = error as NodeJS.ErrnoException;
  const where = { file };
  if (code === 'ENOENT')
    return {
      kind: 'configuration',
      message: `${file} does not exist`,
      where,
      remedy: 'run `rollcall init` to write one, or name another with --config',
    };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return { kind: 'configuration', message: `${file} is not UTF-8 text`, where, remedy: 'save it as UTF-8' };
  return {
    kind: 'configuration',
    message: `${file} cannot be read (${code ?? 'unknown error'})`,
    where,
    remedy: 'let the user that runs Rollcall read it',
  };
}
