/** A plan as people read it: what would happen to people, then per target what would be written, then what would not. */

import { accountName } from '#core/label';
import { meaningOf } from '#operations/parked';
import type { PlanOutput } from '#operations/plan';
import { asksSomebody } from '#operations/shapes';
import { changeLines } from './change.ts';
import { countsTable, faultsText, noticesText, told } from './report.ts';
import { printable, type Terminal } from './terminal.ts';
import { count, listing, number, time } from './write.ts';

type Line = PlanOutput['lines'][number];
type ExportLine = Extract<Line, { what: 'export' }>;
type ObjectLine = Extract<Line, { what: 'object' }>;

export const SIGN = { create: '+', update: '~', state: '~', enable: '~', disable: '×', delete: '-' } as const;

/** What it comes to: an account that can be used no more, or again, is not just a change of it. */
function actionOf(line: ExportLine | ObjectLine): keyof typeof SIGN {
  return (line.what === 'export' ? line.effect : null) ?? line.operation;
}

/** Deletes and disables are what somebody has to see: a line each, before all others. */
const MOST_ENDING = 200;

function endsAccount(line: ExportLine): boolean {
  return line.operation === 'delete' || line.effect === 'disable';
}

function rankOf(line: ExportLine): number {
  return line.operation === 'delete' ? 0 : endsAccount(line) ? 1 : 2;
}

/** `limit`: changes shown per section; the rest is counted. */
export function planText(plan: PlanOutput, limit: number, terminal: Terminal): string {
  const { paint } = terminal;
  const objects = plan.lines.filter((line) => line.what === 'object').map(named(plan));
  const exports = Map.groupBy(plan.lines.filter((line) => line.what === 'export').map(named(plan)), (line) => line.connection);
  const parked = plan.lines.filter((line) => line.what === 'parked');
  const parts = [basis(plan, terminal)];
  if (objects.length > 0)
    parts.push(
      section(
        objects.some((line) => line.kind !== 'person') ? 'People and groups' : 'People',
        `${tally(objects)}${leaversIn(objects)}`,
        objects,
        limit,
        terminal,
        objectText,
      ),
    );
  const shown = [...exports].filter(([connection]) => plan.chosen?.includes(connection) ?? true);
  for (const [connection, lines] of shown) {
    const ordered = lines.toSorted((a, b) => rankOf(a) - rankOf(b));
    const ending = ordered.filter(endsAccount).length;
    const text = (line: ExportLine): string =>
      endsAccount(line) ? endingText(line, plan.endings[line.object ?? ''], terminal) : exportText(line, terminal);
    const most = Math.max(limit, Math.min(ending, MOST_ENDING) + Math.min(limit, lines.length - ending));
    parts.push(section(printable(connection), `${tally(lines)}${fate(lines, connection, plan)}`, ordered, most, terminal, text));
  }
  const hidden = [...exports].filter((one) => !shown.some(([connection]) => connection === one[0]));
  if (hidden.length > 0)
    parts.push(
      paint.dim(
        `Not shown: ${listing(hidden.map(([connection, lines]) => `${count(lines.length, 'change')} of ${printable(connection)}`))}; 'rollcall plan' shows all\n`,
      ),
    );
  if (parked.length > 0) {
    const kinds = Map.groupBy(parked, (line) => line.kind);
    const listed = [...kinds]
      .map(([kind, lines]) => `  ${number(lines.length)} ${paint.bold(printable(kind))}: ${meaningOf(kind).meaning}\n`)
      .join('');
    parts.push(`${paint.bold('Would be left for you to decide')}\n${listed}`);
  }
  const faults = faultsText(plan.report, null, terminal);
  if (faults !== '') parts.push(faults);
  const notices = noticesText(told(plan.report), terminal, new Set(plan.decidable));
  if (notices !== '') parts.push(notices);
  parts.push(conclusion(plan, objects, exports, terminal));
  return parts.join('\n');
}

const TOLD: { readonly [told: string]: string } = {
  pushed: 'as it was pushed',
  edited: 'as it was edited here',
  written: 'only written to',
};

function basis(plan: PlanOutput, { paint }: Terminal): string {
  const head = plan.lines.find((line) => line.what === 'plan');
  const own = new Set(head?.reads?.connections);
  const read = (mine: boolean): string =>
    Object.entries(plan.basedOn)
      .filter(([connection]) => own.has(connection) === mine)
      .map(
        ([connection, at]) =>
          `${printable(connection)} ${at === null ? (TOLD[plan.neverRead[connection] ?? ''] ?? 'never read') : `read ${time(at)}`}`,
      )
      .join(', ');
  const sources = [
    [', from what was read for it: ', read(true)],
    [', from what was last read: ', read(false)],
  ].map(([words, listed]) => (listed === '' ? '' : `${words}${listed}`));
  const asOf = plan.asOf ? ', as if every source were read until then and showed what it showed last' : '';
  return paint.dim(`Plan for ${time(plan.now)}${asOf}${sources.join('')}.\n`);
}

function tally(lines: readonly (ExportLine | ObjectLine)[]): string {
  const by = Map.groupBy(lines, actionOf);
  const words = {
    delete: 'to delete',
    disable: 'to disable',
    enable: 'to enable',
    state: 'to change state',
    update: 'to change',
    create: 'to create',
  } as const;
  const actions = (Object.keys(words) as (keyof typeof words)[]).filter((action) => by.has(action));
  return actions.map((action) => `${number(by.get(action)!.length)} ${words[action]}`).join(', ');
}

/** `; 2 leave`: who is leaving or gone after it, and was not before. */
function leaversIn(lines: readonly ObjectLine[]): string {
  const left = (values: ObjectLine['after']): boolean => ['leaving', 'gone'].includes(String(values?.['(state)']));
  const leavers = lines.filter((line) => left(line.after) && !left(line.before)).length;
  return leavers === 0 ? '' : `; ${number(leavers)} ${leavers === 1 ? 'leaves' : 'leave'}`;
}

/** What happens to these lines when the plan is run. */
function fate(lines: readonly ExportLine[], connection: string, plan: PlanOutput): string {
  const name = printable(connection);
  if (lines.some((line) => line.state === 'observed'))
    return `; only watched, nothing is written until 'rollcall approve ${name}'`;
  if (plan.modes[connection] === 'hold') return `; kept: ${keptBy(connection, plan)}`;
  const held = lines.filter((line) => line.state === 'held').length;
  if (held === 0) return '';
  const which = held === lines.length ? 'held' : `${number(held)} of them held`;
  return `; ${which}, not written until 'rollcall approve ${name}'`;
}

/** Why a target is sent nothing, whatever is approved. */
function keptBy(connection: string, { report }: PlanOutput): string {
  const name = printable(connection);
  return report.notices.some((one) => one.kind === 'heldConnection' && one.connection === connection)
    ? `nothing is written to ${name} until 'rollcall release ${name}'`
    : `nothing is written to ${name} while rollcall.yaml says 'mode: hold'`;
}

/** Ids in references as the names of those meant. */
function named(plan: PlanOutput): <T extends ExportLine | ObjectLine>(line: T) => T {
  const labels = new Map<unknown, string>(Object.entries(plan.labels).map(([id, label]) => [Number(id), label]));
  for (const line of plan.lines) if (line.what === 'object') labels.set(line.object, line.label);
  const show = (value: unknown, isReference: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => show(one, isReference));
    if (typeof value === 'number' && isReference) return { object: value, label: labels.get(value) };
    if (typeof value !== 'object' || value === null || !('object' in value)) return value;
    return { ...value, label: labels.get(value.object) };
  };
  return (line) => {
    const names = line.what === 'object' ? (plan.references[line.kind] ?? []) : [];
    const values = (all: ObjectLine['after']): ObjectLine['after'] =>
      all && Object.fromEntries(Object.entries(all).map(([name, value]) => [name, show(value, names.includes(name))]));
    return { ...line, before: values(line.before), after: values(line.after) };
  };
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
  return `  ${sign(actionOf(line), paint)} ${printable(line.label)} ${paint.dim(`#${line.object}`)}\n${changeLines(line.before, line.after, paint, '      ')}`;
}

export function exportText(line: ExportLine, { paint }: Terminal): string {
  const account = accountName(line);
  const beside = account === null || account === line.label ? '' : ` ${paint.dim(printable(account))}`;
  const members = line.members === undefined ? '' : paint.dim(` with ${count(line.members, 'member')}`);
  return `  ${sign(actionOf(line), paint)} ${printable(line.label)}${beside}${members}\n${changeLines(line.before, line.after, paint, '      ')}`;
}

function endingText(line: ExportLine, why: string | undefined, { paint }: Terminal): string {
  const account = accountName(line);
  const beside = account === null || account === line.label ? '' : ` ${paint.dim(printable(account))}`;
  const head = `  ${sign(actionOf(line), paint)} ${printable(line.label)}${beside}: ${printable(why ?? 'it belongs to nobody')}\n`;
  // What disables it is said by the sign; what else changes is not.
  const others = line.operation !== 'delete' && Object.keys(line.after ?? {}).length > 1;
  return others ? `${head}${changeLines(line.before, line.after, paint, '      ')}` : head;
}

function sign(action: keyof typeof SIGN, paint: Terminal['paint']): string {
  const colour = action === 'create' ? paint.green : action === 'delete' || action === 'disable' ? paint.red : paint.yellow;
  return colour(SIGN[action]);
}

/** `7 people`, `7 people and 2 groups`. */
function peopleAndGroups(lines: readonly ObjectLine[]): string {
  const kinds = [...Map.groupBy(lines, (line) => line.kind)];
  return listing(kinds.map(([kind, some]) => count(some.length, printable(kind), kind === 'person' ? 'people' : undefined)));
}

function conclusion(
  plan: PlanOutput,
  objects: readonly ObjectLine[],
  exports: ReadonlyMap<string, readonly ExportLine[]>,
  terminal: Terminal,
): string {
  const { paint } = terminal;
  if (!plan.complete)
    return `${paint.red('The plan could not be worked out to its end.')} Nothing was changed; do not rely on what is shown.\n`;
  if (!plan.changes) {
    const doubts = doubtsOf(plan);
    if (doubts.length === 0) return `${paint.green('No changes.')} Everything is as it should be.\n`;
    return `${paint.yellow('No changes were found, but not everything is known:')}\n${doubts.map((one) => `  - ${one}\n`).join('')}`;
  }
  const kept = [...exports].filter(([connection]) => plan.modes[connection] === 'hold');
  const all = [...exports].flatMap(([connection, lines]) => (plan.modes[connection] === 'hold' ? [] : lines));
  const waiting = all.filter((line) => line.state === 'waiting').length;
  const later = plan.unsettled.reduce((sum, one) => sum + one.later, 0);
  const written = Math.max(0, waiting - later);
  const withheld = all.length - waiting;
  const would = [
    objects.length > 0 ? `change ${peopleAndGroups(objects)}` : '',
    written > 0 ? `write ${count(written, 'change')} to the targets` : '',
    withheld > 0 ? `keep ${count(withheld, 'change')} until you approve` : '',
    ...kept.map(([connection, lines]) => `keep ${count(lines.length, 'change')}, as ${keptBy(connection, plan)}`),
  ].filter((part) => part !== '');
  const counts = countsTable(plan.report.connections, terminal, true);
  return `${counts === '' ? '' : `${counts}\n`}${paint.bold('Nothing was changed by this plan.')} 'rollcall run' would ${would.length === 0 ? 'write nothing yet' : listing(would)}.\n${[
    ...expectedLines(plan),
    ...unsettledLines(plan),
  ]
    .map((one) => `  - ${one}\n`)
    .join('')}`;
}

const DOUBTS: { readonly [kind in PlanOutput['report']['notices'][number]['kind']]?: string } = {
  incompleteRead: 'was not read completely, or not believed; see above what to do',
  outage: 'lacks values it had before; see above what to type',
  staleRead: 'was last read long ago; type: rollcall plan --read',
  heldConnection: 'is held, nothing of it was looked at; see above what to type',
};

/** Faults that may hide a change: of those beyond the first hundred nobody knows better. */
export function hidingFaults({ faults, faultCount }: PlanOutput['report']): number {
  return faultCount - faults.filter((one) => one.carried).length;
}

/** Systems that could have been read, and never were. */
export function unread({ basedOn, neverRead }: PlanOutput): string[] {
  return Object.keys(basedOn).filter((connection) => basedOn[connection] === null && neverRead[connection] === undefined);
}

/** Why nothing to change does not mean that all is well. */
function doubtsOf(plan: PlanOutput): string[] {
  const { report } = plan;
  const never = unread(plan);
  return [
    ...(hidingFaults(report) > 0
      ? [`${count(hidingFaults(report), 'problem')} came up on the way, shown above; mend them, then: rollcall plan --read`]
      : []),
    ...never.map((connection) => `${printable(connection)} was never read; type: rollcall plan --read`),
    ...report.notices
      .filter(asksSomebody)
      .map((one) => `${printable(one.connection)} ${DOUBTS[one.kind] ?? 'needs a look; see above what to type'}`),
    ...unsettledLines(plan),
  ];
}

/** Where it may not all go at once: `dir: 1,200 changes at 300 an hour: until 2026-11-23 14:00:00+01:00`. */
function expectedLines({ expected }: PlanOutput): string[] {
  return expected.map(({ connection, changes, pace, end, closed }) => {
    const until = end === null ? 'nobody can say until when' : `until ${time(end)}`;
    const now = closed ? ', not to be written to now' : '';
    return `${printable(connection)}${now}: ${count(changes, 'change')}${pace === null ? '' : ` at ${pace}`}: ${until}`;
  });
}

/** What earlier runs tried, and what is no change of this plan. */
function unsettledLines({ unsettled }: PlanOutput): string[] {
  return unsettled.map(({ connection, failed, unknown, sent, later }) => {
    const states = [
      failed > 0 ? `${count(failed, 'change')} not made or refused` : '',
      unknown > 0 ? `${count(unknown, 'change')} with an unknown outcome` : '',
      sent > 0 ? `${count(sent, 'change')} sent and not read back` : '',
      later > 0 ? `${count(later, 'change')} waiting for their next attempt` : '',
    ].filter((part) => part !== '');
    const name = printable(connection);
    const type = unknown + sent + later > 0 ? `rollcall run ${name}` : `rollcall parked --kind refused --connection ${name}`;
    return `${name} has ${listing(states)}; type: ${type}`;
  });
}
