/** Looks into a zod schema by path: which keys are known there, what is secret, what a key is for. */
import type { z } from 'zod';
import type { Path } from '../document.ts';

type Inner = z.core.$ZodTypes;

/** The schema without optional, default, readonly, … around it; unions as all their branches. */
export function branches(schema: z.core.$ZodType): readonly Inner[] {
  const { def } = (schema as Inner)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return branches(def.innerType);
    case 'pipe':
      return branches(def.in);
    case 'lazy':
      return branches(def.getter());
    case 'union':
      return def.options.flatMap(branches);
    case 'intersection':
      return [...branches(def.left), ...branches(def.right)];
    default:
      return [schema as Inner];
  }
}

function step(schema: z.core.$ZodType, key: string | number): readonly z.core.$ZodType[] {
  return branches(schema).flatMap((one) => {
    const { def } = one._zod;
    if (def.type === 'object')
      return Object.hasOwn(def.shape, key) ? [def.shape[key]!] : def.catchall === undefined ? [] : [def.catchall];
    if (def.type === 'record') return [def.valueType];
    if (def.type === 'array') return [def.element];
    if (def.type === 'tuple') return def.items[Number(key)] === undefined ? [] : [def.items[Number(key)]!];
    return [];
  });
}

/** Every schema that may be meant at the path. */
export function schemasAt(schema: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  return path.reduce<readonly z.core.$ZodType[]>((all, key) => all.flatMap((one) => step(one, key)), [schema]);
}

/** Keys that an object at this path may have; empty where any key may be. */
export function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  const found = schemasAt(schema, path).flatMap(branches);
  return [...new Set(found.flatMap((one) => (one._zod.def.type === 'object' ? Object.keys(one._zod.def.shape) : [])))];
}

function metaOf(schema: z.core.$ZodType): Record<string, unknown> {
  const own = (schema as z.ZodType).meta?.() ?? {};
  const { def } = (schema as Inner)._zod;
  const inner = 'innerType' in def ? def.innerType : def.type === 'pipe' ? def.in : null;
  return inner === null ? own : { ...metaOf(inner as z.core.$ZodType), ...own };
}

/** Whether the value at the path, or something around it, is marked `.meta({ secret: true })`. */
export function isSecret(schema: z.core.$ZodType, path: Path): boolean {
  for (let length = 0; length <= path.length; length++) {
    for (const found of schemasAt(schema, path.slice(0, length))) {
      if (metaOf(found).secret === true || branches(found).some((one) => metaOf(one).secret === true)) return true;
    }
  }
  return false;
}

export function descriptionOf(schema: z.core.$ZodType): string | null {
  const { description } = metaOf(schema);
  return typeof description === 'string' ? description : null;
}

/** `such as 30d`, where the declaration gives one. */
export function exampleOf(schema: z.core.$ZodType): string | null {
  const { examples } = metaOf(schema);
  return Array.isArray(examples) && examples.length > 0 ? `such as \`${String(examples[0])}\`` : null;
}
