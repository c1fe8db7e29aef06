/**
 * The borders between the folders of src: which may import which. This table is the only place they are written down:
 * `npm run borders` turns it into the overrides of biome.json, docs/ARCHITECTURE.md shows it, test/architecture proves
 * that the linter sees a wrong import of every kind.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { optionsOf } from './options.ts';

/** Folder → subpaths it may import. A name stands for the whole folder, `store/contract` for one module. */
export const BORDERS: { readonly [folder: string]: readonly string[] } = {
  core: [],
  rules: ['core'],
  protocols: ['core'],
  connectors: ['core', 'protocols', 'connectors/contract'],
  config: ['core', 'protocols', 'rules', 'connectors/contract', 'access/oidc'],
  photos: ['core'],
  store: ['core'],
  access: ['core', 'store/contract', 'audit'],
  engine: ['core', 'rules', 'photos', 'store/contract', 'store/import-index', 'connectors/contract'],
  runs: ['core', 'config', 'store/contract', 'connectors/contract', 'engine'],
  people: ['core', 'rules', 'store/contract', 'runs'],
  decisions: ['core', 'store/contract', 'runs'],
  audit: ['core', 'store/contract'],
  edits: ['core', 'rules', 'photos', 'store/contract', 'connectors/contract', 'runs', 'people', 'audit'],
  operations: ['core', 'config', 'runs', 'people', 'decisions', 'edits', 'access', 'audit', 'notify'],
  notify: ['core', 'config', 'store/contract', 'telemetry/ages'],
  'scim-view': ['core', 'protocols', 'config', 'runs/reasons', 'store/contract', 'people', 'edits/edit'],
  worker: ['core', 'connectors/contract', 'people', 'runs', 'audit', 'notify', 'operations', 'store/contract'],
  telemetry: ['core', 'store/contract', 'worker'],
  server: [
    'core',
    'protocols',
    'connectors/contract',
    'access',
    'audit',
    'people',
    'operations',
    'store/contract',
    'worker',
    'scim-view',
    'telemetry',
  ],
  cli: ['core', 'operations'],
};

/** Folders whose sub-folders are siblings that never import each other, and what all of them may stand on. */
const SIBLINGS: { readonly [folder: string]: readonly string[] } = { connectors: ['files', 'fault-injection'] };

interface Override {
  readonly includes: readonly string[];
  readonly linter: { readonly rules: { readonly style: { readonly noRestrictedImports: unknown } } };
}

const MARK = 'Border of src/';

function override(folder: string, includes: readonly string[], outside: readonly string[], allowed: readonly string[]): Override {
  const group = [
    '#*',
    '#*/**',
    ...allowed.flatMap((name) => (name.includes('/') ? [`!#${name}`] : [`!#${name}`, `!#${name}/**`])),
    ...outside,
  ];
  const list = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ');
  const message = `${MARK}${folder}: it imports ${list} by subpath, and its own files by relative path.`;
  return {
    includes,
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } } } },
  };
}

/** How deep folders go below src/<folder>; a file may go up that many steps and no more. */
const DEPTHS = [0, 1, 2];

/** Unit tests are free to build what they test out of real neighbours. */
export function overrides(): readonly Override[] {
  return Object.entries(BORDERS).flatMap(([folder, allowed]) =>
    DEPTHS.map((depth) => {
      const outside = `${'../'.repeat(depth + 1)}**`;
      const siblings = depth === 1 && folder in SIBLINGS ? ['../*/**', ...SIBLINGS[folder]!.map((one) => `!../${one}/**`)] : [];
      return override(folder, [`src/${folder}/${'*/'.repeat(depth)}*.ts`, '!**/*.test.ts'], [outside, ...siblings], allowed);
    }),
  );
}

/** biome.json with the borders of this table, everything else in it as it was. */
export function withBorders(text: string): string {
  const config = JSON.parse(text) as { overrides: readonly Override[] };
  const others = config.overrides.filter((one) => !JSON.stringify(one).includes(MARK));
  return `${JSON.stringify({ ...config, overrides: [...others, ...overrides()] }, null, 2)}\n`;
}

if (import.meta.main) {
  optionsOf(import.meta.url, {});
  const file = new URL('../biome.json', import.meta.url);
  writeFileSync(file, withBorders(readFileSync(file, 'utf8')));
}
