/** The process that has the store while this one waits for it. */
import type { Holder } from '#operations/session';
import { printable, type Terminal } from './terminal.ts';
import { time } from './write.ts';

/** Another process runs on the same store: this one is next, or behind others that wait. */
export function holderText({ program, host, pid, since, putOut }: Holder, { paintErr: paint }: Terminal): string {
  if (putOut)
    return `${paint.yellow('!')} ${printable(`Rollcall ${program} (process ${pid} on ${host})`)} said nothing for 30 seconds, and was put out: this one takes over.\n`;
  const who = printable(`Rollcall ${program} (process ${pid} on ${host}, since ${time(since)})`);
  return `${paint.yellow('Waiting')} for ${who} to end its run. Press Ctrl-C to wait no longer.\n`;
}
