/** Where the file does not say what is taken from what people edit: every attribute that somebody may edit, as it is. */
import type { ConnectorDefinition } from '#connectors/contract';
import { BUILT_IN } from '#core/attributes';
import type { Named, Written, WrittenConnection } from './written.ts';

export function withEdits<Data extends Pick<Written, 'attributes' | 'connections'>>(
  written: Data,
  definitions: ReadonlyMap<string, ConnectorDefinition>,
): Data {
  const connections = Object.entries(mappingOf(written?.connections)).map(([name, node]) => {
    const { type, import: rules } = mappingOf(node) as Partial<WrittenConnection>;
    const isForEdits = definitions.get(String(type))?.belongsTo !== undefined;
    return [
      name,
      isForEdits && rules === undefined ? { ...(node as object), import: edited(written.attributes) } : node,
    ] as const;
  });
  return connections.length === 0 ? written : { ...written, connections: Object.fromEntries(connections) };
}

/** An empty value is one: it says that there is none. */
function edited(kinds: Written['attributes']): Named<{ readonly attributes: Named<object> }> {
  const out: { [kind: string]: { attributes: { [name: string]: object } } } = Object.create(null);
  for (const [kind, attributes] of Object.entries(mappingOf(kinds)))
    for (const [name, node] of Object.entries(mappingOf(attributes))) {
      const { edit, type } = mappingOf(node) as { readonly edit?: unknown; readonly type?: unknown };
      if (!Array.isArray(edit) || edit.length === 0) continue;
      const refers = (type ?? BUILT_IN.get(kind)?.get(name)?.type) === 'reference';
      out[kind] ??= { attributes: Object.create(null) };
      out[kind].attributes[name] = refers ? { reference: name, by: 'id', empty: 'clears' } : { value: name, empty: 'clears' };
    }
  return out;
}

function mappingOf(node: unknown): { readonly [key: string]: unknown } {
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? (node as { readonly [key: string]: unknown }) : {};
}
