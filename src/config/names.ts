/** Names of kinds and connections that one part of the file gives and another uses. */
import { nearest } from '#core/text';
import type { Kind } from '#core/values';
import type { Collector, Part } from './collect.ts';
import type { Path } from './document.ts';
import type { Outline } from './outline.ts';

export function kindExists(kind: Kind, at: Path, outline: Outline, collect: Collector): boolean {
  if (outline.kinds.includes(kind)) return true;
  const meant = nearest(kind, outline.kinds);
  collect.fault(
    at,
    'key',
    `there is no kind ${kind}`,
    meant === null
      ? `declare it: attributes: { ${kind}: { … } }`
      : `did you mean ${meant}? Otherwise declare it under attributes`,
  );
  return false;
}

export function connectionExists(name: string, path: Path, part: Part, outline: Outline, collect: Collector): boolean {
  if (outline.connections.includes(name)) return true;
  const meant = nearest(name, outline.connections);
  const all = outline.connections.slice(0, 20).join(', ');
  collect.fault(
    path,
    part,
    `there is no connection ${name}`,
    meant === null ? `connections here: ${all}` : `did you mean ${meant}?`,
  );
  return false;
}
