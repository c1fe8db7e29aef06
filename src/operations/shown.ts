/** What of a person whoever asks does not see: attributes, and what stands in systems that is made of them, or that they are made of. */
import { type Asker, sees } from '#edits/rights';
import type { Services } from '#runs/model';

export interface Hidden {
  attribute(name: string): boolean;
  /** An attribute of their accounts in a connection. */
  inSystem(connection: string, name: string): boolean;
}

interface Of {
  readonly id: number;
  readonly kind: string;
}

export function hiddenFrom(who: Asker, { id, kind }: Of, { config }: Pick<Services, 'config'>): Hidden {
  const attributes = config.kinds.get(kind)?.attributes ?? new Map();
  const all = [...attributes.values()];
  const hidden = new Set(all.filter(({ field }) => !sees(field, who, id)).map(({ name }) => name));
  // Of whom somebody refers to, they are not themselves.
  const ofOthers = new Set(
    [...config.kinds.values()].flatMap((rules) =>
      [...rules.attributes.values()].filter(({ field }) => !sees(field, who, null)).map(({ name }) => name),
    ),
  );
  const isHidden = (read: string): boolean => {
    const [first, ...hop] = read.split('.');
    return hop.length === 0 ? hidden.has(read) : hidden.has(first!) || ofOthers.has(hop.at(-1)!);
  };
  const inSystems = new Map(
    config.connections.map(({ name, imports, exports }) => [
      name,
      new Set([
        ...(imports.get(kind)?.flows ?? []).flatMap(({ attribute, reads }) => (hidden.has(attribute) ? reads : [])),
        ...(exports.get(kind)?.flows ?? []).flatMap(({ attribute, reads }) => (reads.some(isHidden) ? [attribute] : [])),
      ]),
    ]),
  );
  return {
    attribute: (name) => hidden.has(name),
    inSystem: (connection, name) => inSystems.get(connection)?.has(name) ?? false,
  };
}

/** Without what is hidden. */
export function without<Values extends { readonly [name: string]: unknown } | null>(
  values: Values,
  isHidden: (name: string) => boolean,
): Values {
  return values === null ? values : (Object.fromEntries(Object.entries(values).filter(([name]) => !isHidden(name))) as Values);
}
