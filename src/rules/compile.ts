/**
 * The public face of rules: from parsed YAML to the functions of `model.ts`. Every function reports what it finds through
 * `report(path, message, remedy)`, the path being relative to the node it was given, and answers null when the node is of no use.
 */
export { compileAttributes, refersTo } from './attribute.ts';
export { createClock } from './clock.ts';
export { compileExportRule, type ExportContext } from './export-rule.ts';
export type { OwnFunction } from './flow.ts';
export { compileImportRule, type ImportContext } from './import-rule.ts';
export { assembleKind } from './kind.ts';
export { compileLife } from './life.ts';
export type { Report } from './raw.ts';
export { isSecret } from './secret.ts';
export { compileUnique } from './unique.ts';
