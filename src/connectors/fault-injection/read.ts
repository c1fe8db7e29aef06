/** Reads that fail, stop, end early, say things twice, or show less than there is. */
import type { Change, Page, RawAttributes, RawValue, ReadEnd, Reader, ReadObject } from '#connectors/contract';
import { call, type Injection, lost, meet, shortened } from './outcomes.ts';
import type { FaultAction } from './rules.ts';

type Request = Parameters<Reader['read']>[0];

export function faultyReader(injection: Injection, reader: Reader): Reader {
  return {
    ...reader,
    read: (request) => faultyRead(injection, reader, request),
    ...(reader.cursor ? { cursor: () => call(injection, { on: 'cursor' }, () => reader.cursor!()) } : {}),
  };
}

async function* faultyRead(injection: Injection, reader: Reader, request: Request): AsyncGenerator<Page> {
  const operation = { on: 'read' as const };
  const all = injection.script(operation);
  await meet(injection, operation, all, 'before');
  // A feed has no whole that could be shortened.
  const actions = request.since === undefined ? all : all.filter((one) => !('limit' in one || 'hide' in one || 'cutList' in one));
  for (const action of actions) if ('hide' in action || 'cutList' in action) injection.happened?.(action, operation);
  const stop = firstStop(actions);
  let [pages, given] = [0, 0];
  for await (const whole of reader.read(request)) {
    pages++;
    const broken = actions.find((one) => 'breakAfterPage' in one && pages > one.breakAfterPage);
    if (broken !== undefined) {
      injection.happened?.(broken, operation);
      throw lost(injection);
    }
    const page = shown(whole, actions);
    const room = stop === undefined ? Number.POSITIVE_INFINITY : stop.after - given;
    if (page.objects.length >= room) {
      injection.happened?.(stop!.action, operation);
      // What was not shown of the page would be skipped by a read that goes on behind it.
      const { end, resume, ...rest } = page;
      const part = {
        ...rest,
        objects: page.objects.slice(0, room),
        ...(resume !== undefined && page.objects.length === room ? { resume } : {}),
      };
      if ('limit' in stop!.action) {
        yield { ...part, end: incomplete(end, injection, stop!.after) };
        return;
      }
      if (part.objects.length > 0) yield part;
      if ('breakAfter' in stop!.action) throw lost(injection);
      return;
    }
    given += page.objects.length;
    const twice = actions.find((one) => 'repeatPage' in one && one.repeatPage === pages);
    if (twice !== undefined) {
      injection.happened?.(twice, operation);
      const { end: _, ...first } = page;
      yield first;
    }
    if (page.end !== undefined) await meet(injection, operation, actions, 'after');
    yield page;
  }
}

interface Stop {
  readonly action: FaultAction;
  readonly after: number;
}

/** Where a read ends before its time: the earliest one. */
function firstStop(actions: readonly FaultAction[]): Stop | undefined {
  const stops = actions.flatMap((action): Stop[] => {
    if ('limit' in action) return [{ action, after: action.limit }];
    if ('cutAfter' in action) return [{ action, after: action.cutAfter }];
    return 'breakAfter' in action ? [{ action, after: action.breakAfter }] : [];
  });
  return stops.sort((a, b) => a.after - b.after)[0];
}

function incomplete(end: ReadEnd | undefined, injection: Injection, limit: number): ReadEnd {
  const { attributes } = end ?? {};
  return { complete: false, reason: shortened(injection, limit), ...(attributes === undefined ? {} : { attributes }) };
}

function shown(page: Page, actions: readonly FaultAction[]): Page {
  const hidden = actions.flatMap((action) => ('hide' in action ? action.hide : []));
  const lists = actions.flatMap((action) => ('cutList' in action ? [action.cutList] : []));
  if (hidden.length === 0 && lists.length === 0) return page;
  const objects = page.objects.map((object) => (isWhole(object) ? disturbed(object, hidden, lists) : object));
  const attributes = page.end?.attributes?.filter((name) => !hidden.includes(name));
  return { ...page, objects, ...(attributes === undefined ? {} : { end: { ...page.end!, attributes } }) };
}

function isWhole(object: ReadObject | Change): object is ReadObject {
  return object.op === undefined || object.op === 'put';
}

function disturbed(
  object: ReadObject,
  hidden: readonly string[],
  lists: readonly { readonly attribute: string; readonly keep: number }[],
): ReadObject {
  // No prototype: names come from outside.
  const attributes = Object.create(null) as { [name: string]: RawValue };
  const partial: string[] = [...(object.partial ?? [])];
  for (const [name, value] of Object.entries(object.attributes)) {
    if (hidden.includes(name)) continue;
    const keep = lists.find((list) => list.attribute === name)?.keep;
    if (keep === undefined || !Array.isArray(value)) attributes[name] = value;
    else {
      attributes[name] = value.slice(0, keep) as RawValue;
      partial.push(name);
    }
  }
  return { ...object, attributes: attributes as RawAttributes, ...(partial.length === 0 ? {} : { partial }) };
}
