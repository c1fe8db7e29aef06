/** What `live` tells while it goes on: one line for what happened, and below it what somebody should look at. */
import type { LiveEvent } from '#operations/session';
import { noticeOutput } from '#operations/shapes';
import { faultText } from './fault.ts';
import { noticesText } from './report.ts';
import { printable, type Terminal } from './terminal.ts';
import { count, duration, listing, number, time } from './write.ts';

type Changes = Extract<LiveEvent, { what: 'changes' }>;
type Cycle = Extract<LiveEvent, { what: 'cycle' }>;
type Rests = Extract<LiveEvent, { what: 'rests' }>;

/** Empty where nothing is to be told; with `quiet` only trouble is. */
export function liveText(event: LiveEvent, terminal: Terminal, quiet: boolean): string {
  const { paint } = terminal;
  const at = paint.dim(time(Date.now()));
  switch (event.what) {
    case 'listens':
      return quiet ? '' : `${at}  ${paint.bold(printable(event.connection))} is listened to\n`;
    case 'lost': {
      const again = `heard no more; tried again in ${duration(event.againInMs)}`;
      return `${at}  ${paint.yellow(`${paint.bold(printable(event.connection))} is ${again}`)}\n${faultText(event.fault, paint)}`;
    }
    case 'trouble': {
      const again = `Nothing goes on; tried again in ${duration(event.againInMs)}`;
      return `${at}  ${paint.red(again)}\n${faultText(event.fault, paint)}`;
    }
    case 'rests':
      return restsText(event, at, terminal);
    case 'changes':
      return changesText(event, at, terminal, quiet);
    case 'cycle':
      return cycleText(event, at, terminal, quiet);
  }
}

/** Told once for each reason: it may last for days. */
function restsText({ connection, why, fault, forMs }: Rests, at: string, { paint }: Terminal): string {
  const name = paint.bold(printable(connection));
  const until = time(Date.now() + forMs);
  const left =
    why === 'refused'
      ? `is not signed in to again before ${until}, and then as seldom, so that the account is not locked; what waits for it goes on waiting`
      : why === 'failing'
        ? `is left alone until ${until}, since it did not answer several times in a row; then it is tried, and what waits for it goes on once it answers`
        : `is not read again before ${until}, and then each time after a rest: it would show the same; everything else goes on`;
  return `${at}  ${paint.yellow(`${name} ${left}`)}\n${faultText(fault, paint)}`;
}

function changesText({ report, elapsedMs }: Changes, at: string, terminal: Terminal, quiet: boolean): string {
  const { paint } = terminal;
  const read = report.connections.flatMap(({ connection, seen }) =>
    seen > 0 ? [`${paint.bold(printable(connection))} ${count(seen, 'change')}`] : [],
  );
  const written = report.connections.flatMap(({ connection, written: n }) =>
    n > 0 ? [paint.green(`${number(n)} written to ${printable(connection)}`)] : [],
  );
  const troubles = troubleText(report, terminal);
  // A ring for what Rollcall wrote itself, most often.
  if (read.length + written.length === 0 && troubles === '') return '';
  if (quiet && troubles === '') return '';
  const what = listing([...read, ...written]) || 'nothing read';
  return `${at}  ${what} in ${Math.round(elapsedMs)} ms ${paint.dim(`(run ${report.run})`)}\n${troubles}`;
}

function cycleText({ of, report }: Cycle, at: string, terminal: Terminal, quiet: boolean): string {
  const { paint } = terminal;
  const sum = (what: 'added' | 'changed' | 'gone' | 'written'): number =>
    report.connections.reduce((all, one) => all + one[what], 0);
  const troubles = troubleText(report, terminal);
  const changed = sum('added') + sum('changed') + sum('gone');
  // A ring for what Rollcall wrote itself, most often.
  const nothing = of !== null && changed + sum('written') === 0;
  if ((quiet || nothing) && troubles === '') return '';
  const changes = count(changed, 'change');
  const colour = report.status === 'failed' ? paint.red : (text: string): string => text;
  const over = of === null ? 'all' : listing(of.map(printable));
  const said = `cycle over ${over} in ${duration(report.elapsedMs)}: ${changes}, ${number(sum('written'))} written`;
  return `${at}  ${colour(said)} ${paint.dim(`(run ${report.run})`)}\n${troubles}`;
}

function troubleText(report: Changes['report'] | Cycle['report'], terminal: Terminal): string {
  const faults = [...new Set(report.faults.map((one) => faultText(one, terminal.paint)))];
  return faults.join('') + noticesText({ notices: report.notices.map(noticeOutput) }, terminal);
}
