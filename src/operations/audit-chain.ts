/** The chain of the audit log: its newest hash, whether all of it is as it was written, all of it in a file; and erasing values. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { entriesOf } from '#audit/entries';
import { auditEvent } from '#audit/event';
import { readExport } from '#audit/export';
import { type Verified, verify } from '#audit/verify';
import { RollcallError } from '#core/errors';
import { formatInstant } from '#core/time';
import { subjectsOf } from './audit.ts';
import { type AuditLinesOutput, auditLines } from './audit-lines.ts';
import { type Operation, perform, versioned } from './operation.ts';
import { instant } from './shapes.ts';

export interface Head {
  /** Last event that is sealed. */
  readonly to: number;
  readonly hash: string;
  readonly at: string;
}
const head = z.object({ to: z.number(), hash: z.string(), at: instant }).nullable();

function headOf(one: Verified['head']): Head | null {
  return one === null ? null : { to: one.to, hash: one.hash, at: formatInstant(one.at) };
}

export interface AuditHeadOutput {
  readonly head: Head | null;
}

export const auditHead: Operation<object, AuditHeadOutput> = {
  name: 'audit head',
  permission: 'audit.read',
  input: z.object({}),
  output: versioned<AuditHeadOutput>('audit head', { head }),
  async run(_input, session) {
    const { store } = await session.services('stored');
    return { head: headOf(await store.audit.head()) };
  },
};

export interface AuditVerifyInput {
  /** A hash that `audit head` answered before. */
  readonly kept?: string | undefined;
}
export interface AuditVerifyOutput extends Omit<Verified, 'head'> {
  readonly head: Head | null;
}

const kept: z.ZodType<string | undefined> = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a hash has 64 digits of 0-9 and a-f')
  .optional();
const verified: z.ZodRawShape = {
  events: z.number(),
  segments: z.number(),
  unsealed: z.number(),
  erased: z.number(),
  first: z.number().nullable(),
  head,
  findings: z.array(z.object({ from: z.number(), to: z.number(), message: z.string() })),
  found: z.number(),
};

export const auditVerify: Operation<AuditVerifyInput, AuditVerifyOutput> = {
  name: 'audit verify',
  permission: 'audit.read',
  input: z.object({ kept }),
  output: versioned<AuditVerifyOutput>('audit verify', verified),
  async run(input, session) {
    const { store } = await session.services('stored');
    const found = await verify(entriesOf(store), input.kept);
    return { ...found, head: headOf(found.head) };
  },
};

export type AuditVerifyFileInput = AuditVerifyInput & { readonly file: string };

/** Of this machine: no server offers it. */
export const auditVerifyFile: Operation<AuditVerifyFileInput, AuditVerifyOutput> = {
  name: 'audit verify-file',
  permission: 'audit.read',
  input: z.object({ kept, file: z.string().min(1) }),
  output: versioned<AuditVerifyOutput>('audit verify-file', verified),
  async run(input) {
    const { file } = input;
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
    try {
      const found = await verify(readExport(lines), input.kept);
      return { ...found, head: headOf(found.head) };
    } catch (error) {
      if (!(error instanceof RollcallError)) throw unusable(file, 'read', error);
      const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
      throw new RollcallError(error.kind, error.message, { where: { file, ...error.where }, ...remedy });
    }
  },
};

function unusable(file: string, what: 'read' | 'written', error: unknown): RollcallError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST')
    return new RollcallError('permission', `${file} is there already`, {
      where: { file },
      cause: error,
      remedy: 'name another file: nothing is written over',
    });
  const remedy = `name a file in a folder that is there and that you may ${what === 'read' ? 'read from' : 'write to'}`;
  return new RollcallError('permission', `${file} cannot be ${what}: ${code ?? message}`, {
    where: { file },
    cause: error,
    remedy,
  });
}

export interface AuditExportOutput {
  readonly file: string;
  readonly events: number;
  readonly segments: number;
}

export const auditExport: Operation<{ readonly file: string }, AuditExportOutput> = {
  name: 'audit export',
  permission: 'audit.read',
  input: z.object({ file: z.string().min(1) }),
  output: versioned<AuditExportOutput>('audit export', { file: z.string(), events: z.number(), segments: z.number() }),
  async run({ file }, session) {
    let part: AuditLinesOutput = await perform(auditLines, {}, session);
    // Names and values of people are in it.
    const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
      throw unusable(file, 'written', error);
    });
    const sum = { events: 0, segments: 0 };
    try {
      for (;;) {
        sum.events += part.events;
        sum.segments += part.segments;
        await handle.appendFile(part.text);
        if (part.next === null) break;
        part = await perform(auditLines, { after: part.next }, session);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { file, ...sum };
  },
};

export interface AuditEraseInput {
  readonly person: string;
  readonly by: string;
  readonly reason: string;
}
export interface AuditEraseOutput {
  readonly person: number;
  /** Events whose values went. */
  readonly erased: number;
}

export const auditErase: Operation<AuditEraseInput, AuditEraseOutput> = {
  name: 'audit erase',
  permission: 'audit.erase',
  input: z.object({ person: z.string().min(1), by: z.string().trim().min(1), reason: z.string().trim().min(1) }),
  output: versioned<AuditEraseOutput>('audit erase', { person: z.number(), erased: z.number() }),
  async run({ person, by, reason }, session) {
    const services = await session.services('write');
    const subjects = await subjectsOf(person, null, services);
    const [objectId] = subjects.objectIds;
    const done = auditEvent({
      at: services.wall(),
      action: 'audit.erase',
      actor: { ...session.caller, name: by },
      subject: { objectId: objectId! },
      after: { reason },
    });
    const erased = await services.store.audit.erase(subjects, [done]);
    return { person: objectId!, erased };
  },
};
