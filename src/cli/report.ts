/** The end of a run: one row per connection, then what waits for a decision and the command that decides it. */
import type { ReportOutput } from '#operations/shapes';
import { faultText } from './fault.ts';
import { type Cell, type Column, table } from './table.ts';
import { printable, type Terminal } from './terminal.ts';
import { count, duration, number } from './write.ts';

type Counts = ReportOutput['connections'][number];
type Counted = Exclude<keyof Counts, 'connection'>;

const ALWAYS: readonly Counted[] = [
  'seen',
  'joined',
  'projected',
  'adopted',
  'created',
  'updated',
  'disabled',
  'parked',
  'held',
  'written',
];
/** In the order a person reads them; those not in ALWAYS show only when there is something in them. */
const ORDER: readonly Counted[] = [
  'seen',
  'added',
  'changed',
  'gone',
  'joined',
  'projected',
  'adopted',
  'observed',
  'created',
  'updated',
  'disabled',
  'deleted',
  'failed',
  'waiting',
  'parked',
  'held',
  'written',
];
const LOUD: ReadonlySet<Counted> = new Set<Counted>(['failed', 'held', 'parked', 'disabled', 'deleted', 'gone']);
const RARE: ReadonlySet<Counted> = new Set<Counted>(['added', 'changed']);
const FAULTS_SHOWN = 10;

export function countsTable(connections: readonly Counts[], { paint, width }: Terminal): string {
  const used = (name: Counted): boolean => connections.some((one) => one[name] > 0);
  const wide = ORDER.filter((name) => ALWAYS.includes(name) || (used(name) && !RARE.has(name)));
  const draw = (names: readonly Counted[]): string => {
    const columns: Column[] = [
      { title: 'connection', whole: true },
      ...names.map((title) => ({ title, align: 'right' as const })),
    ];
    const rows = connections.map((one) => [
      { text: printable(one.connection), paint: paint.bold },
      ...names.map((name): Cell => {
        const look =
          one[name] === 0 ? paint.dim : LOUD.has(name) ? paint.yellow : name === 'written' ? paint.green : (text: string) => text;
        return { text: number(one[name]), paint: look };
      }),
    ]);
    return table(columns, rows, { width: null, head: paint.dim });
  };
  const full = draw(wide);
  // Too wide for this terminal: columns in which nothing happened go first.
  if (width === null || wide.reduce((sum, name) => sum + Math.max(name.length, 5) + 2, 14) <= width) return full;
  return draw(wide.filter((name) => used(name) || name === 'seen' || name === 'written'));
}

export function noticesText(report: Pick<ReportOutput, 'notices'>, { paint }: Terminal): string {
  return report.notices
    .map(
      (one) =>
        `${paint.yellow('!')} ${paint.bold(printable(one.connection))}: ${printable(one.message)}\n` +
        `  ${paint.dim('→')} ${printable(one.remedy)}${one.command === null || one.remedy.includes(one.command) ? '' : `  ${paint.cyan(one.command)}`}\n`,
    )
    .join('');
}

export function faultsText(report: Pick<ReportOutput, 'faults' | 'faultCount' | 'run'>, terminal: Terminal): string {
  const shown = report.faults.slice(0, FAULTS_SHOWN);
  const more = report.faultCount - shown.length;
  return (
    shown.map((one) => faultText(one, terminal.paint)).join('') +
    (more > 0
      ? `  and ${count(more, 'more problem', 'more problems')}: ${terminal.paint.cyan(`rollcall run show ${report.run}`)}\n`
      : '')
  );
}

const STATUS: { readonly [status in ReportOutput['status']]: string } = {
  running: 'is running',
  done: 'is done',
  warnings: 'is done, with problems',
  failed: 'failed',
  interrupted: 'was stopped; what it had done is kept',
};

/** `Run 12 is done in 3.2 s: 503 people (498 new). 0 written.` */
export function summaryLine(report: ReportOutput, { paint }: Terminal): string {
  const written = report.connections.reduce((sum, one) => sum + one.written, 0);
  const kinds = Object.entries(report.objects)
    .filter(([kind, of]) => kind === 'person' || of.total > 0)
    .map(([kind, of]) => {
      const news = [
        of.created > 0 ? `${number(of.created)} new` : '',
        of.changed > 0 ? `${number(of.changed)} changed` : '',
      ].filter(Boolean);
      const name = kind === 'person' ? count(of.total, 'person', 'people') : count(of.total, printable(kind));
      return news.length === 0 ? name : `${name} (${news.join(', ')})`;
    });
  const colour =
    report.status === 'failed' || report.status === 'interrupted'
      ? paint.red
      : report.status === 'done'
        ? paint.green
        : paint.yellow;
  return (
    `${colour(`Run ${report.run} ${STATUS[report.status]}`)} in ${duration(report.elapsedMs)}` +
    `${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}. ${paint.bold(`${number(written)} written`)}.\n`
  );
}

export function reportText(report: ReportOutput, terminal: Terminal): string {
  const notices = noticesText(report, terminal);
  const faults = faultsText(report, terminal);
  return (
    (report.connections.length === 0 ? '' : `${countsTable(report.connections, terminal)}\n`) +
    (faults === '' ? '' : `${faults}\n`) +
    (notices === '' ? '' : `${notices}\n`) +
    summaryLine(report, terminal)
  );
}
