/** The end of a run: one row per connection, then what waits for a decision and the command that decides it. */
import stringWidth from 'string-width';
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
/** In full, of each kind and connection. */
const FAULTS_SHOWN = 3;

/** `planned`: nothing was read or written by it, so that nothing of that is said unless there is something to say. */
export function countsTable(connections: readonly Counts[], terminal: Terminal, planned: boolean = false): string {
  const { paint, width } = terminal;
  const used = (name: Counted): boolean => connections.some((one) => one[name] > 0);
  const always = planned ? [] : ALWAYS;
  const wide = ORDER.filter((name) => always.includes(name) || (used(name) && !RARE.has(name)));
  const narrow = wide.filter((name) => used(name) || (!planned && (name === 'seen' || name === 'written')));
  if (wide.length === 0) return '';
  const look = (one: Counts, name: Counted): ((text: string) => string) =>
    one[name] === 0 ? paint.dim : LOUD.has(name) ? paint.yellow : name === 'written' ? paint.green : (text) => text;
  const draw = (names: readonly Counted[]): string => {
    const columns: Column[] = [
      { title: 'connection', whole: true },
      ...names.map((title) => ({ title, align: 'right' as const })),
    ];
    const rows = connections.map((one) => [
      { text: printable(one.connection), paint: paint.bold },
      ...names.map((name): Cell => ({ text: number(one[name]), paint: look(one, name) })),
    ]);
    return table(columns, rows, { width: null, head: paint.dim });
  };
  const fits = (text: string): boolean => width === null || text.split('\n').every((line) => stringWidth(line) <= width);
  // Too wide for this terminal: columns in which nothing happened go first, then the table is one line per connection.
  const drawn = [wide, narrow].map(draw).find(fits);
  if (drawn !== undefined) return drawn;
  return connections
    .map((one) => {
      const said = narrow.flatMap((name) => (one[name] === 0 ? [] : [look(one, name)(`${name} ${number(one[name])}`)]));
      return `${paint.bold(printable(one.connection))}  ${said.length === 0 ? paint.dim('nothing') : said.join(', ')}\n`;
    })
    .join('');
}

/** What a plan finds for an approval is not in the store before a run. */
const AFTER_RUN: ReadonlySet<string> = new Set(['gate', 'firstPlan']);

/** `planned`: of a plan, the connections at which something waits for an approval already. */
export function noticesText(
  report: Pick<ReportOutput, 'notices'>,
  { paint }: Terminal,
  planned: ReadonlySet<string> | null = null,
): string {
  // One cause trips several gates, and one approval covers them.
  const together = Map.groupBy(report.notices, (one) => (one.kind === 'gate' ? `gate ${one.connection}` : one));
  return [...together.values()]
    .map((some) => {
      const said = some.map(({ connection, message }) => {
        const named = message.startsWith(connection) ? message.slice(connection.length) : `: ${message}`;
        return `${paint.yellow('!')} ${paint.bold(printable(connection))}${printable(named)}\n`;
      });
      return (
        said.join('') +
        hintsOf(some[0]!, planned, paint)
          .map((hint) => `  ${paint.dim('→')} ${hint}\n`)
          .join('')
      );
    })
    .join('');
}

function hintsOf(
  notice: ReportOutput['notices'][number],
  planned: ReadonlySet<string> | null,
  paint: Terminal['paint'],
): string[] {
  const { kind, connection, remedy, command } = notice;
  if (planned !== null && AFTER_RUN.has(kind)) {
    const approve = paint.cyan(command ?? remedy);
    return [planned.has(connection) ? approve : `after 'rollcall run': ${approve}`];
  }
  // A plan shows what comes of it itself.
  if (planned !== null && kind === 'rulesChanged') return [];
  return [
    ...(remedy === '' ? [] : [printable(remedy)]),
    ...(command === null || remedy.includes('rollcall ') ? [] : [paint.cyan(command)]),
  ];
}

/** `run`: where all of them can be looked up; null for a plan, which is kept nowhere. */
export function faultsText(report: Pick<ReportOutput, 'faults' | 'faultCount'>, run: number | null, terminal: Terminal): string {
  const { paint } = terminal;
  const where = run === null ? '' : `: ${paint.cyan(`rollcall run show ${run}`)}`;
  const alike = Map.groupBy(report.faults, (one) => JSON.stringify([one.kind, one.where.connection]));
  const parts = [...alike.values()].map((some) => {
    // Told twice is one fault.
    const texts = [...new Set(some.map((one) => faultText(one, paint, {}, one.carried)))];
    const more = texts.length - FAULTS_SHOWN;
    const shown = texts.slice(0, FAULTS_SHOWN);
    return `${shown.join('')}${more > 0 ? `  and ${number(more)} more like it${where}\n` : ''}`;
  });
  const rest = report.faultCount - report.faults.length;
  if (rest > 0) parts.push(`  and ${count(rest, 'more problem', 'more problems')} after these${where}\n`);
  return parts.join('');
}

const STATUS: { readonly [status in ReportOutput['status']]: string } = {
  running: 'is running',
  done: 'is done',
  warnings: 'is done, with problems',
  failed: 'failed',
  interrupted: 'was stopped',
};

/** `Run 12 is done in 3.2 s: 503 people (498 new). 0 written.`; `Run 12 was stopped after 3.2 s; what it had done is kept. 503 people, 0 written.` */
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
  const ended = colour(`Run ${report.run} ${STATUS[report.status]}`);
  const writes = `${paint.bold(`${number(written)} written`)}.\n`;
  if (report.status !== 'interrupted')
    return `${ended} in ${duration(report.elapsedMs)}${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}. ${writes}`;
  // Stopped in its first moments: who is afraid of what it did is told that there is nothing.
  const idle = report.rowsWritten === 0 && report.connections.every((one) => one.seen === 0 && one.written === 0);
  const kept = idle ? ', before it read or wrote anything' : '; what it had done is kept';
  return `${ended} after ${duration(report.elapsedMs)}${kept}. ${[...kinds, writes].join(', ')}`;
}

/** Why a read was not complete stands among the faults, with what to do: it is not said once more. */
function unrepeated(notice: ReportOutput['notices'][number], faults: ReportOutput['faults']): typeof notice {
  if (notice.kind !== 'incompleteRead') return notice;
  const { connection, message, remedy } = notice;
  const why = faults.find((one) => one.where.connection === connection && message.includes(` (${one.message})`));
  if (why === undefined) return notice;
  return { ...notice, message: message.replace(` (${why.message})`, ''), remedy: remedy === why.remedy ? '' : remedy };
}

/** What stands below the faults of a report. */
export function told({ notices, faults }: Pick<ReportOutput, 'notices' | 'faults'>): Pick<ReportOutput, 'notices'> {
  return { notices: notices.map((one) => unrepeated(one, faults)) };
}

export function reportText(report: ReportOutput, terminal: Terminal): string {
  const notices = noticesText(told(report), terminal);
  const faults = faultsText(report, report.run, terminal);
  return (
    (report.connections.length === 0 ? '' : `${countsTable(report.connections, terminal)}\n`) +
    (faults === '' ? '' : `${faults}\n`) +
    (notices === '' ? '' : `${notices}\n`) +
    parkedLine(report, terminal) +
    summaryLine(report, terminal)
  );
}

/** What Rollcall would not guess, and where it stands. */
function parkedLine({ connections }: ReportOutput, { paint }: Terminal): string {
  const parked = connections.reduce((sum, one) => sum + one.parked, 0);
  return parked === 0 ? '' : `${count(parked, 'parked item')}: ${paint.cyan('rollcall parked')}\n`;
}
