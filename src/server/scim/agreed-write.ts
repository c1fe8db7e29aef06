/** A change of what is agreed becomes an edit: of the connection of the type people, with its place among the sources. */
import { RollcallError } from '#core/errors';
import type { EditInput } from '#operations/edit';
import { readReplacement } from '#protocols/scim/body';
import { refusal, ScimError } from '#protocols/scim/errors';
import { ifMatch, ifNoneMatch } from '#protocols/scim/etag';
import { changedValues } from '#protocols/scim/mapped';
import { applyPatch } from '#protocols/scim/patch';
import type { ScimRequest } from '#protocols/scim/request';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { Served } from '#scim-view/base';
import type { Item } from '#scim-view/resources';
import type { ScimServices } from './service.ts';
import type { Asked } from './side.ts';

/** How often it is tried where somebody else changes the same person at the same time. */
const TRIES = 5;

type Change = Exclude<ScimRequest, { readonly do: 'create' | 'delete' }>;

/** Durable, and worked out, once it is fulfilled. `find`: as it is now. @throws ScimError */
export async function writeAgreed(
  request: Change,
  served: Served,
  asked: Asked & { readonly write: string },
  find: () => Promise<Item | null>,
  services: ScimServices,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const item = await find();
    if (item === null) throw new ScimError(404, undefined, `there is no ${served.type.name} with this id`);
    checkVersion(request, item.resource);
    const set = editOf(item.resource, request, served);
    if (Object.keys(set).length === 0) return;
    try {
      await edit(item, set, asked, services);
      return;
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      const [first] = error.parts;
      if (first !== undefined) {
        const place = served.targets.find(({ mapping }) => mapping.from === first.where.attribute)?.mapping.to;
        throw refusal('invalidValue', `${place ?? 'a value'}: ${first.message}`);
      }
      if (error.kind === 'conflict' && tries < TRIES) continue;
      if (error.kind === 'conflict' || error.kind === 'unavailable') throw new ScimError(503, undefined, error.message);
      if (error.kind === 'notFound') throw refusal('invalidValue', 'somebody who is referred to is not there');
      throw error;
    }
  }
}

/** Attribute → value, as an edit has it. */
function editOf(before: Resource, request: Change, served: Served): EditInput['set'] {
  const set: { [attribute: string]: unknown } = Object.create(null);
  const after = changed(before, request, served);
  if (after === null) return set;
  for (const [from, values] of changedValues(before, after, served)) {
    const { type, multi } = served.targets.find(({ mapping }) => mapping.from === from)!.mapping;
    const said = type === 'reference' ? values.map((id) => `#${id}`) : values;
    set[from] = said.length === 0 ? null : multi ? said : said[0];
  }
  return set;
}

/** Null: nothing changes. */
function changed(before: Resource, { do: how, body }: Change, { type }: Served): Resource | null {
  const options = { tolerant: false };
  if (how === 'replace') {
    const { resource } = readReplacement(body, before, type, options);
    return resource === 'unchanged' ? null : resource;
  }
  const patched = applyPatch(body, before, type, options);
  if ('memberFilters' in patched || patched.members !== null) throw refusal('mutability', 'members: they cannot be changed here');
  return patched.resource === 'unchanged' ? null : patched.resource;
}

function checkVersion(request: Change, { meta }: Resource): void {
  const version = (meta as Complex)['version'];
  const current = version === undefined ? null : String(version);
  if (!ifMatch(request.ifMatch, current) || !ifNoneMatch(request.ifNoneMatch, current))
    throw new ScimError(412, undefined, 'the resource has another version by now');
}

async function edit(
  { row }: Item,
  set: EditInput['set'],
  { by, actor, write }: Asked & { readonly write: string },
  { works }: ScimServices,
): Promise<void> {
  const who = { roles: [write], person: null };
  const input = { person: `#${row.id}`, set, by, who, revision: row.revision, until: 'worked' };
  await works.ask({ ask: 'operation', name: 'edit', input, caller: actor, url: null });
}
