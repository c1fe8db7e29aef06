/** Where generated values may go: only to attributes that take them and never show one, and nothing else goes there. */
import type { ConnectorDefinition } from '#connectors/contract';
import { isSecret } from '#rules/compile';
import type { Collector } from '../collect.ts';
import type { Path } from '../document.ts';
import type { WrittenConnection } from '../written.ts';

/** `settings`: as checked. */
export function checkSecrets(
  at: Path,
  connection: WrittenConnection,
  definition: ConnectorDefinition,
  settings: unknown,
  collect: Collector,
): void {
  const takes = definition.secrets?.(settings) ?? [];
  for (const [kind, raw] of Object.entries(connection.export ?? {}))
    for (const [name, flow] of Object.entries((raw as { readonly attributes?: object }).attributes ?? {})) {
      const path = [...at, 'export', kind, 'attributes', name];
      const taken = 'remedy' in takes ? null : takes.includes(name);
      if (!isSecret(flow)) {
        if (taken !== true) continue;
        collect.fault(
          path,
          'value',
          `what ${name} holds is only ever generated`,
          `write ${name}: { generate: {}, deliver: { file: FOLDER } }`,
        );
      } else if ('remedy' in takes)
        collect.fault(path, 'value', 'with these settings no generated value can be sent', takes.remedy);
      else if (taken === false)
        collect.fault(
          path,
          'key',
          takes.length === 0 ? `${definition.type} takes no generated values` : `${name} takes no generated value`,
          takes.length === 0 ? 'leave it away' : `name the attribute ${takes.join(' or ')}`,
        );
    }
}
