/** Everything that is held about one person: what the person may ask for. */
import { z } from 'zod';
import { auditEvent } from '#audit/event';
import { RollcallError } from '#core/errors';
import { type Attributes, isBlob, scalars } from '#core/values';
import { type HeldAbout, heldAbout } from '#people/export';
import { heldSeen } from './held-seen.ts';
import { type Operation, versioned } from './operation.ts';
import { sightOf } from './shown.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface PersonExportInput {
  readonly person: string;
  readonly who: Asker;
}
export interface PersonExportOutput {
  readonly person: number;
  readonly held: HeldAbout;
  /** Attributes that whoever asked does not see, and nothing of them. */
  readonly hidden: readonly string[];
  /** Photos and other bytes, in base64, by their hash. */
  readonly bytes: { readonly [hash: string]: string };
}

export const personExport: Operation<PersonExportInput, PersonExportOutput> = {
  name: 'person export',
  permission: 'profile.write',
  input: z.object({ person: z.string().min(1), who: whoShape.default(null) }),
  output: versioned<PersonExportOutput>('person export', {
    person: z.number(),
    held: z.looseObject({}),
    hidden: z.array(z.string()),
    bytes: z.record(z.string(), z.string()),
  }),
  async run({ person, who }, session) {
    const services = await session.services('write');
    const row = await named(person, who, services);
    if (who !== null && who.person !== row.id && !who.roles.includes('administrator'))
      throw new RollcallError('permission', 'what is held about somebody else is for administrators', {
        remedy: 'ask an administrator',
      });
    const sight = sightOf(who, services);
    const [isHidden, held] = [sight.object(row), heldSeen(await heldAbout(row, services), sight)];
    const blobs = new Set<string>();
    for (const image of [held.object.attributes, ...held.accounts.map(({ seen }) => seen)] as (Attributes | null)[])
      for (const value of Object.values(image ?? {})) for (const one of scalars(value)) if (isBlob(one)) blobs.add(one.blob);
    const bytes: { [hash: string]: string } = {};
    for (const hash of blobs) {
      const found = await services.store.blobs.get(hash);
      if (found !== null) bytes[hash] = Buffer.from(found).toString('base64');
    }
    await services.store.audit.append([
      auditEvent({ at: services.wall(), action: 'person.export', actor: session.caller, subject: { objectId: row.id } }),
    ]);
    const hidden = [...(services.config.kinds.get(row.kind)?.attributes.keys() ?? [])].filter(isHidden);
    return { person: row.id, held, hidden, bytes };
  },
};
