/** What the audit log notes of edits, in the transaction that stages them. */
import { auditEvent } from '#audit/event';
import { parseImage } from '#core/canonical';
import { editsOf } from '#edits/edit';
import type { Services } from '#runs/model';
import type { Session } from './operation.ts';
import type { named } from './who.ts';

interface Said {
  readonly set: { readonly [attribute: string]: unknown };
  readonly takeBack?: readonly string[];
  readonly reason?: string | undefined;
}

/** With what was agreed before of the attributes that it names. */
export function editedEvent(
  object: Pick<Awaited<ReturnType<typeof named>>, 'id' | 'attributes'>,
  { set, takeBack = [], reason }: Said,
  actor: Session['caller'],
  { wall }: Pick<Services, 'wall'>,
): ReturnType<typeof auditEvent> {
  const agreed = parseImage(object.attributes);
  const before = Object.fromEntries([...Object.keys(set), ...takeBack].map((name) => [name, agreed[name] ?? null]));
  const after = { set, takeBack, ...told(reason) };
  return auditEvent({ at: wall(), action: 'person.edit', actor, subject: { objectId: object.id }, before, after });
}

/** Of whom nobody has a number yet: it is about what is staged. */
export function createdEvent(
  kind: string,
  { set, reason }: Said,
  actor: Session['caller'],
  services: Pick<Services, 'wall' | 'config'>,
): ReturnType<typeof auditEvent> {
  const at = editsOf(kind, services);
  const subject = at === null ? {} : { connection: at.connection.name };
  return auditEvent({ at: services.wall(), action: 'person.create', actor, subject, after: { kind, set, ...told(reason) } });
}

function told(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}
