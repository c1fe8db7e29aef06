/**
 * The few ways to reach another module that the linter does not see. None of them is needed in src, so each is refused
 * wherever it stands: what remains is visible to the linter's border and cycle rules.
 */
export interface Hidden {
  readonly line: number;
  readonly form: 'type import expression' | 'computed import' | 'require' | 'file address';
}

const FORMS: readonly (readonly [Hidden['form'], RegExp])[] = [
  ['type import expression', /\bimport\(\s*(['"])[^'"\n]*\1\s*\)\s*\.\s*[A-Z]/g],
  ['type import expression', /\btypeof\s+import\(/g],
  ['computed import', /\bimport\(\s*[^'"\s)]/g],
  ['require', /\b(?:require|createRequire)\s*\(/g],
  // Data (.json) and folders are no modules.
  ['file address', /\bnew URL\(\s*[`'"]\.{1,2}\/(?![^`'"]*(?:\.json|\/)[`'"])/g],
];

/** Comments are blanked first, so that prose may speak of imports; line numbers stay. */
export function hiddenImports(source: string): readonly Hidden[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
  return FORMS.flatMap(([form, pattern]) =>
    [...code.matchAll(pattern)].map((found) => ({ form, line: code.slice(0, found.index).split('\n').length })),
  );
}
