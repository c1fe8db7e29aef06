/** rollcall schedule */
import { dateIn, timeOfDayIn } from '#core/time';
import { schedule as operation, type ScheduleItem } from '#operations/schedule';
import { type Command, command } from '../command.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { time } from '../write.ts';

export const schedule: Command = command({
  name: 'schedule',
  summary: 'when runs start by themselves, and how the last ones ended',
  about: ['Shows each schedule of rollcall.yaml with its next three times.'],
  positionals: [],
  options: [],
  examples: [{ line: 'rollcall schedule', about: 'the next times of all' }],
  operation,
  input: () => ({}),
  print({ schedules }, { terminal }) {
    const { paint, width } = terminal;
    if (schedules.length === 0) {
      terminal.out("Nothing is to start by itself. See 'schedule' in docs/guide/configuration.md.\n");
      return;
    }
    const rows = schedules.map((one) => [
      { text: one.name, paint: paint.cyan },
      printable(one.cron),
      printable(one.profile),
      nextText(one),
      lastText(one),
    ]);
    const columns = [
      { title: 'what' },
      { title: 'cron' },
      { title: 'profile' },
      { title: 'next', whole: true },
      { title: 'last' },
    ];
    terminal.out(table(columns, rows, { width, head: paint.dim }));
  },
});

/** In the zone of the schedule; a date once. */
function nextText({ next, zone }: ScheduleItem): string {
  const times = next.map((instant) => [dateIn(zone, Date.parse(instant)), timeOfDayIn(zone, Date.parse(instant)).slice(0, 5)]);
  const shown = times.map(([date, time], i) => (date === times[i - 1]?.[0] ? time : `${date} ${time}`));
  return `${shown.join(', ')} ${zone}`;
}

function lastText({ last }: ScheduleItem): string {
  if (last === null) return 'never';
  return `${time(last.startedAt)} ${last.status}${last.run === null ? '' : ` (run ${last.run})`}`;
}
