/** A request to change a resource, as the resource is at that moment → what is staged, and the answer. Pure. */
import type { Change, Needed, Present, Received, ReceivedRequest, Receiver, Refusal, Searchable } from '#connectors/contract';
import type { AuditAction } from '#core/audit-actions';
import { foldedText, holds } from '#core/condition';
import { formatInstant } from '#core/time';
import { readNew, readReplacement } from '#protocols/scim/body';
import { ScimError } from '#protocols/scim/errors';
import { entityTag, ifMatch, ifNoneMatch, versionOf } from '#protocols/scim/etag';
import type { Filter } from '#protocols/scim/filter/ast';
import { compileElement } from '#protocols/scim/filter/compile';
import { foldDocument, foldElement } from '#protocols/scim/filter/document';
import { keysIn } from '#protocols/scim/filter/keys';
import { fromImage, toImage } from '#protocols/scim/image';
import { applyPatch, type Patched } from '#protocols/scim/patch';
import type { MemberEdits } from '#protocols/scim/patch-members';
import type { ScimAnswer, ScimRequest } from '#protocols/scim/request';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import { KEYED, KIND_OF, MEMBERS, typeOfKind, UNIQUE } from './kinds.ts';

/** What a group has nothing to do with is as no edits. */
const NO_EDITS: MemberEdits = { replace: null, add: [], remove: [] };

export function receiver(types: readonly ScimResourceType[], strict: boolean): Receiver {
  const options = { tolerant: !strict };

  const received = (asked: ReceivedRequest, present: Present): Received | Needed => {
    const type = typeOfKind(types, asked.kind);
    if (type === undefined) throw new ScimError(404, undefined, 'there is no such resource type');
    const request = asked.body as ScimRequest;
    const before = present.attributes === null ? null : fromImage(present.attributes, asked.anchor, type);
    if (request.do === 'create') {
      // The same request once more: its answer was lost.
      if (before !== null) return unchanged(before);
      const { resource, members = null } = readNew(request.body, type, options);
      return stage(asked, type, null, { ...resource, id: asked.anchor }, { ...NO_EDITS, replace: members }, present);
    }
    if (before === null) throw new ScimError(404, undefined, `there is no ${type.name} with this id`);
    checkVersion(request, before);
    if (request.do === 'delete') {
      const change: Change = { op: 'delete', kind: asked.kind, anchor: asked.anchor };
      const noted = { action: 'scim.delete' satisfies AuditAction, before, after: undefined };
      return { answer: { resource: null, changed: true } satisfies ScimAnswer, staged: { change, noted, refused } };
    }
    if (request.do === 'replace') {
      const { resource, members = null } = readReplacement(request.body, before, type, options);
      if (members === null && resource === 'unchanged') return unchanged(before);
      return stage(asked, type, before, resource === 'unchanged' ? before : resource, { ...NO_EDITS, replace: members }, present);
    }
    return patched(asked, request.body, before, type, present);
  };

  const patched = (
    asked: ReceivedRequest,
    body: unknown,
    before: Resource,
    type: ScimResourceType,
    present: Present,
  ): Received | Needed => {
    const first = applyPatch(body, before, type, options);
    if ('memberFilters' in first) {
      if (present.edges === null) return { needs: { attribute: MEMBERS, values: 'all' } };
      const ids = [...present.edges];
      const selected = first.memberFilters.map((filter) => ids.filter(memberTest(filter, type)));
      return settled(asked, applyPatch(body, before, type, { ...options, selected }), before, type, present);
    }
    const edits = first.members;
    const named = edits === null || edits.replace !== null ? [] : [...edits.add, ...edits.remove];
    if (named.length > 0 && present.edges === null) return { needs: { attribute: MEMBERS, values: named } };
    return settled(asked, first, before, type, present);
  };

  const settled = (
    asked: ReceivedRequest,
    result: Patched,
    before: Resource,
    type: ScimResourceType,
    present: Present,
  ): Received => {
    if ('memberFilters' in result) throw new TypeError('what the filters select was told');
    const { resource, members } = result;
    // Who is a member already, or is none, changes nothing.
    const edits: MemberEdits = {
      replace: members?.replace ?? null,
      add: members?.add.filter((id) => !present.edges?.has(id)) ?? [],
      remove: members?.remove.filter((id) => present.edges?.has(id)) ?? [],
    };
    const same = edits.replace === null && edits.add.length + edits.remove.length === 0;
    if (resource === 'unchanged' && same) return unchanged(before);
    return stage(asked, type, before, resource === 'unchanged' ? before : resource, edits, present);
  };

  return {
    scim: { types, tolerant: !strict, kindOf: KIND_OF, keyed: KEYED },
    receive(request, present) {
      try {
        return received(request, present);
      } catch (error) {
        if (!(error instanceof ScimError)) throw error;
        return { answer: { error: error.body() } satisfies ScimAnswer };
      }
    },
  };
}

function unchanged(resource: Resource): Received {
  return { answer: { resource, changed: false } satisfies ScimAnswer };
}

/** `present`: what it was, which keeps the members that are not named. */
function stage(
  { kind, anchor }: ReceivedRequest,
  type: ScimResourceType,
  was: Resource | null,
  wanted: Resource,
  { replace, add, remove }: MemberEdits,
  { attributes: before, now }: Present,
): Received {
  const resource = stamped(wanted, now);
  const answer: ScimAnswer = { resource, changed: true };
  const common = { kind, anchor, changedAt: modified(resource), searchable: searchable(resource, type) };
  const noted = {
    action: (was === null ? 'scim.create' : 'scim.update') satisfies AuditAction,
    before: was ?? undefined,
    after: { ...resource, ...notedMembers(replace, add, remove) },
  };
  const image = toImage(resource, type);
  if (before === null || replace !== null || type.name !== 'Group') {
    const attributes = replace === null ? image : Object.assign(image, { [MEMBERS]: replace });
    return { answer, staged: { change: { ...common, attributes }, noted, refused } };
  }
  for (const name in before) if (image[name] === undefined) image[name] = null;
  const edits = {
    ...(add.length > 0 ? { add: { [MEMBERS]: add } } : {}),
    ...(remove.length > 0 ? { remove: { [MEMBERS]: remove } } : {}),
  };
  return { answer, staged: { change: { ...common, op: 'patch', set: image, ...edits }, noted, refused } };
}

/** More are told by their number. */
const MOST_NOTED = 1_000;

function notedMembers(replace: readonly string[] | null, add: readonly string[], remove: readonly string[]): object {
  const told = (ids: readonly string[]): readonly string[] | number => (ids.length <= MOST_NOTED ? ids : ids.length);
  if (replace !== null) return { members: told(replace) };
  if (add.length + remove.length === 0) return {};
  return { members: { added: told(add), removed: told(remove) } };
}

/** Of members only their ids are known here. */
function memberTest(filter: Filter, type: ScimResourceType): (id: string) => boolean {
  const members = type.schema.attributes.find(({ name }) => name === MEMBERS)!;
  const condition = compileElement(filter, members, { unknown: 'noMatch' });
  return (id) => holds(condition, foldElement({ value: id }, members));
}

/** A new resource has no `meta`; others have that of the version before. */
function stamped(resource: Resource, now: number): Resource {
  const meta = resource['meta'] as Complex | undefined;
  const at = formatInstant(now);
  const version = (versionOf(String(meta?.['version'] ?? '')) ?? 0) + 1;
  return { ...resource, meta: { created: meta?.['created'] ?? at, lastModified: at, version: entityTag(version) } };
}

function modified({ meta }: Resource): string {
  return String((meta as Complex)['lastModified']);
}

/** RFC 7644 3.14. @throws ScimError 412 */
function checkVersion(request: Exclude<ScimRequest, { do: 'create' }>, { meta }: Resource): void {
  const current = String((meta as Complex)['version']);
  if (!ifMatch(request.ifMatch, current) || !ifNoneMatch(request.ifNoneMatch, current))
    throw new ScimError(412, undefined, 'the resource has another version by now');
}

function searchable(resource: Resource, type: ScimResourceType): Searchable {
  const document = foldDocument(resource, type);
  const keys = keysIn(document, KEYED[type.name]!);
  return { document: foldedText(document), keys: keys.map((key) => ({ ...key, unique: UNIQUE.has(key.path) })) };
}

function refused(why: Refusal): ScimAnswer {
  if ('taken' in why) return { error: new ScimError(409, 'uniqueness', `${why.taken} is taken by another resource`).body() };
  const [fault] = why.faults;
  const where = fault?.where.attribute === undefined ? '' : `${fault.where.attribute}: `;
  return { error: new ScimError(400, 'invalidValue', `${where}${fault?.message ?? 'it cannot be kept'}`).body() };
}
