/** What waits for an approval, as it is shown before it is decided: accounts that end first, each with its reason. */
import type { WaitingChange, WaitingOutput } from '#operations/waiting';
import { changeLines } from './change.ts';
import { SIGN } from './plan-text.ts';
import { type Paint, printable, type Terminal } from './terminal.ts';
import { count, number, time } from './write.ts';

/** At a time. */
const MOST_SHOWN = 10_000;

export function waitingText(found: WaitingOutput, { paintErr: paint }: Terminal): string {
  const ending = found.changes.filter((one) => one.ending !== null);
  const others = found.changes.filter((one) => one.ending === null);
  const members = found.members.map(
    (one) =>
      `  ~ ${printable(one.account)} ${paint.green(`+${number(one.add)}`)} ${paint.red(`−${number(one.remove)}`)} ${paint.dim('members')}\n`,
  );
  const links = found.links.map(
    (one) => `  ~ ${printable(one.account)} ${paint.dim(`loses its person: ${printable(one.by)}, ${printable(one.reason)}`)}\n`,
  );
  const { more, moreEnding } = found;
  const membersShown = found.members.reduce((sum, one) => sum + one.add + one.remove, 0);
  const isFirst = found.total === found.changes.length + found.links.length + membersShown + more;
  const how = isFirst && found.total <= MOST_SHOWN ? `--limit ${found.total}` : `--after ${found.next}`;
  return (
    headText(found, paint) +
    ending.map((one) => endingText(one, paint)).join('') +
    (moreEnding > 0 ? paint.red(`  … and ${number(moreEnding)} more that end: --after ${found.next}\n`) : '') +
    links.join('') +
    members.join('') +
    others.map((one) => changeText(one, paint)).join('') +
    (more > moreEnding ? paint.dim(`  … and ${number(more - moreEnding)} more: ${how}\n`) : '')
  );
}

function headText(found: WaitingOutput, paint: Paint): string {
  const { connection, create, update, disable, enable, total } = found;
  const name = paint.bold(printable(connection));
  const memberships = found.memberships;
  const links = total - memberships - create - update - disable - enable - found.delete;
  const later = found.deleteAfterDays === null ? '' : `, each to be deleted ${count(found.deleteAfterDays, 'day')} later`;
  const tally = [
    [found.delete, paint.red(paint.bold(`${count(found.delete, 'account')} to DELETE`))],
    [disable, paint.red(paint.bold(`${count(disable, 'account')} to DISABLE`)) + later],
    [links, paint.red(`${count(links, 'account')} to lose ${links === 1 ? 'its' : 'their'} person`)],
    [enable, `${count(enable, 'account')} to enable`],
    [create, `${count(create, 'account')} to create`],
    [found.newMembers, `${count(found.newMembers, 'member')} of groups to create, which go with them`],
    [update, `${count(update, 'account')} to change`],
    [memberships, `${count(memberships, 'membership')} to change`],
  ] as const;
  const listed = tally.flatMap(([some, text]) => (some === 0 ? [] : [`  ${text}\n`])).join('');
  const size = found.left === 0 ? count(total, 'change') : `${number(total)} chosen of ${count(total + found.left, 'change')}`;
  if (found.what === 'firstPlan') return `First plan of ${name}: ${size}.\n${listed}`;
  const holds = found.holds.map((one) => {
    const grown =
      one.part !== 'member' && one.count > one.firstCount ? paint.red(`, ${number(one.firstCount)} when this began`) : '';
    const why =
      one.part === 'firstPlan'
        ? 'not chosen when others of the first plan were approved'
        : one.limit === 0
          ? 'the time is in doubt'
          : `${sentBefore(one)}over the limit of ${number(one.limit)}`;
    return `  #${one.id} ${printable(one.part)}: ${count(one.count, 'change')}${grown}; ${why}, since ${time(one.since)}\n`;
  });
  return `${name} holds ${size}:\n${holds.join('')}\n${listed}`;
}

/** What was sent in the last day counts as well: alone the changes may be well below the limit. */
function sentBefore({ part, count: waits, sent, limit }: WaitingOutput['holds'][number]): string {
  const all = waits + sent;
  // Of members it may be one group that loses too many.
  if (sent === 0 || all <= limit || part === 'member') return '';
  return `${number(all)} in 24 hours with the ${number(sent)} sent before, `;
}

function named(one: WaitingChange, paint: Paint): string {
  return `${printable(one.label)}${one.account === one.label ? '' : ` ${paint.dim(printable(one.account))}`}`;
}

function endingText(one: WaitingChange, paint: Paint): string {
  const sign = SIGN[one.effect === 'disable' ? 'disable' : 'delete'];
  const besides = one.effect === 'disable' ? Object.keys(one.after ?? {}).length - 1 : 0;
  const more = besides > 0 ? paint.dim(`; ${count(besides, 'other value')} change`) : '';
  return `  ${paint.red(sign)} ${named(one, paint)}: ${printable(one.ending ?? '')}${more}\n`;
}

function changeText(one: WaitingChange, paint: Paint): string {
  const sign = SIGN[one.effect ?? one.operation];
  return `  ${sign} ${named(one, paint)}\n${changeLines(one.before, one.after, paint, '      ')}`;
}
