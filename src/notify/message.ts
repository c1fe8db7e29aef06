/** The words of a message: how many, of which connection, and how to look. The same for all receivers, as data and as text. */
import { createHash } from 'node:crypto';
import { formatInstant } from '#core/time';
import type { Item } from './standing.ts';

export interface Message {
  /** The same for the same message sent once more: whoever got it twice can tell. */
  readonly id: string;
  readonly at: number;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** What a webhook is sent, as it is written down for its guide. */
  readonly body: string;
}

export interface Source {
  /** Where the service is reached, or the name of its machine. */
  readonly from: string;
  /** Its address, for those who look; null where nobody said it. */
  readonly url: string | null;
}

/** The others are counted. */
const MOST_LISTED = 50;
const MARKS: { readonly [state in Item['state']]: string } = { new: '', still: 'still: ', over: 'over: ' };

export function messageOf(receiver: string, items: readonly Item[], { from, url }: Source, now: number): Message {
  const id = `msg_${createHash('sha256')
    .update(JSON.stringify([from, receiver, items.map(({ key, state, since, told }) => [key, state, since, told])]))
    .digest('hex')
    .slice(0, 32)}`;
  const listed = items.slice(0, MOST_LISTED);
  const more = items.length - listed.length;
  const lines = listed.map(({ state, text, since, command, path }) => {
    const look = state === 'over' ? '' : `\n  look: ${command}${url === null || path === null ? '' : `\n        ${url}${path}`}`;
    return `- ${MARKS[state]}${text}\n  since ${formatInstant(since)}${look}`;
  });
  if (more > 0) lines.push(`- and ${more} more`);
  return {
    id,
    at: now,
    subject: `Rollcall: ${subjectOf(items)}`,
    text: `${lines.join('\n')}\n\nRollcall at ${from}\n`,
    body: JSON.stringify({
      type: 'rollcall.notification',
      timestamp: formatInstant(now),
      data: {
        from,
        receiver,
        more,
        items: listed.map(({ state, kind, connection, text, since, command, path }) => ({
          ...{ state, event: kind, connection, text, since: formatInstant(since), command },
          url: url === null || path === null ? null : `${url}${path}`,
        })),
      },
    }),
  };
}

function subjectOf(items: readonly Item[]): string {
  const [first] = items;
  if (items.length === 1) return `${MARKS[first!.state]}${first!.text}`;
  const over = items.filter(({ state }) => state === 'over').length;
  if (over === items.length) return `${over} things are over`;
  return `${items.length - over} things need a look${over === 0 ? '' : `, ${over} ${over === 1 ? 'is' : 'are'} over`}`;
}

/** What `notify test` sends. */
export function trial(receiver: string, { from, url }: Source, now: number): Message {
  const text = 'This is a trial message: the receiver is set up well. Nothing is amiss.';
  const id = `msg_${createHash('sha256')
    .update(JSON.stringify([from, receiver, now]))
    .digest('hex')
    .slice(0, 32)}`;
  return {
    id,
    at: now,
    subject: 'Rollcall: a trial message',
    text: `${text}\n\nRollcall at ${from}${url === null || url === from ? '' : `\n${url}`}\n`,
    body: JSON.stringify({ type: 'rollcall.trial', timestamp: formatInstant(now), data: { from, receiver, text } }),
  };
}
