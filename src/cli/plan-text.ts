/** A plan as people read it: what would happen to people, then per target what would be written, then what would not. */
import type { PlanOutput } from '#operations/plan';
import { changeLines } from './change.ts';
import { countsTable, faultsText, noticesText } from './report.ts';
import { printable, type Terminal } from './terminal.ts';
import { count, listing, number, time } from './write.ts';

type Line = PlanOutput['lines'][number];
type ExportLine = Extract<Line, { what: 'export' }>;
type ObjectLine = Extract<Line, { what: 'object' }>;

const SIGN = { create: '+', update: '~', state: '~', delete: '-' } as const;

/** `limit`: changes shown per section; the rest is counted. */
export function planText(plan: PlanOutput, limit: number, terminal: Terminal): string {
  const { paint } = terminal;
  const objects = plan.lines.filter((line) => line.what === 'object').map(named(plan));
  const exports = Map.groupBy(
    plan.lines.filter((line) => line.what === 'export'),
    (line) => line.connection,
  );
  const parked = plan.lines.filter((line) => line.what === 'parked');
  const parts = [basis(plan, terminal)];
  if (objects.length > 0) parts.push(section('People and groups', tally(objects), objects, limit, terminal, objectText));
  for (const [connection, lines] of exports) {
    parts.push(section(printable(connection), `${tally(lines)}${fate(lines, connection)}`, lines, limit, terminal, exportText));
  }
  if (parked.length > 0) {
    const kinds = Map.groupBy(parked, (line) => line.kind);
    const listed = [...kinds].map(([kind, lines]) => `  ${printable(kind)}: ${number(lines.length)}\n`).join('');
    parts.push(`${paint.bold('Would be left for you to decide')}\n${listed}`);
  }
  const faults = faultsText(plan.report, terminal);
  if (faults !== '') parts.push(faults);
  const notices = noticesText(plan.report, terminal);
  if (notices !== '') parts.push(notices);
  parts.push(conclusion(plan, objects.length, exports, terminal));
  return parts.join('\n');
}

function basis(plan: PlanOutput, { paint }: Terminal): string {
  const read = Object.entries(plan.basedOn).map(
    ([connection, at]) => `${printable(connection)} ${at === null ? 'never read' : `read ${time(at)}`}`,
  );
  return paint.dim(`Plan for ${time(plan.now)}${read.length === 0 ? '' : `, from what was last read: ${read.join(', ')}`}.\n`);
}

function tally(lines: readonly (ExportLine | ObjectLine)[]): string {
  const by = Map.groupBy(lines, (line) => line.operation);
  const words = { create: 'to create', update: 'to change', state: 'to change state', delete: 'to delete' } as const;
  return [...by].map(([operation, some]) => `${number(some.length)} ${words[operation]}`).join(', ');
}

/** What happens to these lines when the plan is run. */
function fate(lines: readonly ExportLine[], connection: string): string {
  const states = new Set(lines.map((line) => line.state));
  if (states.has('observed')) return `; only watched, nothing is written until 'rollcall approve ${printable(connection)}'`;
  if (states.has('held')) return `; held, not written until 'rollcall approve ${printable(connection)}'`;
  return '';
}

/** Ids in reference attributes as the names that the plan itself gives. */
function named(plan: PlanOutput): <T extends ExportLine | ObjectLine>(line: T) => T {
  const labels = new Map<unknown, string>();
  for (const line of plan.lines) if (line.what === 'object' || line.what === 'export') labels.set(line.object, line.label);
  const show = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(show) : typeof value === 'number' ? { object: value, label: labels.get(value) } : value;
  const values = (kind: string, all: ObjectLine['after']): ObjectLine['after'] =>
    all &&
    Object.fromEntries(
      Object.entries(all).map(([name, value]) => [name, plan.references[kind]?.includes(name) ? show(value) : value]),
    );
  return (line) =>
    line.what === 'object' ? { ...line, before: values(line.kind, line.before), after: values(line.kind, line.after) } : line;
}

function section<T extends Line>(
  title: string,
  summary: string,
  lines: readonly T[],
  limit: number,
  terminal: Terminal,
  text: (line: T, terminal: Terminal) => string,
): string {
  const { paint } = terminal;
  const more = lines.length - limit;
  return (
    `${paint.bold(title)}  ${summary}\n` +
    lines
      .slice(0, limit)
      .map((line) => text(line, terminal))
      .join('') +
    (more > 0 ? paint.dim(`  … and ${number(more)} more: --limit ${lines.length}, or --out FILE for all of them\n`) : '')
  );
}

function objectText(line: ObjectLine, { paint }: Terminal): string {
  return `  ${sign(line.operation, paint)} ${printable(line.label)} ${paint.dim(`#${line.object}`)}\n${changeLines(line.before, line.after, paint, '      ')}`;
}

export function exportText(line: ExportLine, { paint }: Terminal): string {
  const account = line.anchor ?? line.name;
  const beside = account === null || account === line.label ? '' : ` ${paint.dim(printable(account))}`;
  return `  ${sign(line.operation, paint)} ${printable(line.label)}${beside}\n${changeLines(line.before, line.after, paint, '      ')}`;
}

function sign(operation: keyof typeof SIGN, paint: Terminal['paint']): string {
  const colour = operation === 'create' ? paint.green : operation === 'delete' ? paint.red : paint.yellow;
  return colour(SIGN[operation]);
}

function conclusion(
  plan: PlanOutput,
  objects: number,
  exports: ReadonlyMap<string, readonly ExportLine[]>,
  terminal: Terminal,
): string {
  const { paint } = terminal;
  if (!plan.complete)
    return `${paint.red('The plan could not be worked out to its end.')} Nothing was changed; do not rely on what is shown.\n`;
  if (!plan.changes) return `${paint.green('No changes.')} Everything is as it should be.\n`;
  const all = [...exports.values()].flat();
  const written = all.filter((line) => line.state === 'waiting').length;
  const withheld = all.length - written;
  const would = [
    objects > 0 ? `change ${count(objects, 'person or group', 'people and groups')}` : '',
    written > 0 ? `write ${count(written, 'change')} to the targets` : '',
    withheld > 0 ? `keep ${count(withheld, 'change')} until you approve` : '',
  ].filter((part) => part !== '');
  const counts = plan.report.connections.length === 0 ? '' : `${countsTable(plan.report.connections, terminal)}\n`;
  return `${counts}${paint.bold('Nothing was changed by this plan.')} 'rollcall run' would ${listing(would)}.\n`;
}
