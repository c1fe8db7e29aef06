/**
 * One connection for what processes tell each other: this one's row, who has the tenure, and news (LISTEN/NOTIFY). It is made at
 * its first use, and anew where it was lost.
 */
import { hostname } from 'node:os';
import { type Client, escapeIdentifier } from 'pg';
import { RollcallError } from '#core/errors';
import type { Holder, News } from '../../contract.ts';
import { connect, nameOfProcess, type PostgresPlace, type Row } from '../connect.ts';
import { isLost, postgresError } from '../faults.ts';
import { OF_LOCK } from './lock.ts';

/** A process that said nothing for so long is put out by whoever waits for it. By the server's clock. */
export const LEASE_MS: number = 30_000;
const RENEW_MS = 10_000;
const DAY = 86_400_000;

export interface Desk {
  /** Errors in our kinds. */
  ask(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  tell(news: Exclude<News, 'missed' | 'out'>): Promise<void>;
  onNews(listener: (news: News) => void): () => void;
  /** From here on others see this process, as long as it lives. */
  register(): Promise<void>;
  /** Says that it lives; `out` is told where others did not believe it any more. */
  renew(): Promise<void>;
  /** Tells `out`. */
  putOut(): void;
  /** That writes the store now. */
  epoch(): Promise<number>;
  /** It has the tenure since now. Answers whether somebody waits for it. */
  noteTaken(): Promise<boolean>;
  /** Who else has the tenure, unless nobody has; put out where it said nothing for its lease. */
  holder(): Promise<Holder | null>;
  /** Somebody waits for it. */
  waited(): Promise<boolean>;
  close(): Promise<void>;
}

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
const ROW = `insert into tenure (id, program, host, pid, since, lease_until) values ($1, $2, $3, $4, ${NOW}, ${NOW} + ${LEASE_MS})`;
const ENTER = `${ROW}
  on conflict (id) do update set lease_until = excluded.lease_until`;
const RENEW = `update tenure set lease_until = ${NOW} + ${LEASE_MS} where id = $1 returning id`;
const OURS = `'${nameOfProcess('')}'`;
const CLEAN = `delete from tenure t where lease_until < ${NOW} - ${DAY}
  and not exists (select from pg_stat_activity where application_name = ${OURS} || t.id)`;
const WHO = `select a.application_name, t.program, t.host, t.pid, t.since, starts_with(a.application_name, ${OURS}) and coalesce(t.lease_until < ${NOW}, true)
  from pg_locks l left join pg_stat_activity a on a.pid = l.pid left join tenure t on a.application_name = ${OURS} || t.id
  where l.granted and ${OF_LOCK}`;
/**
 * All of its connections: a transaction in which it stands still would keep others waiting. Its row goes first: what it renews
 * meanwhile waits for that. Where ending them is refused, the row stays.
 */
const PUT_OUT = `with gone as (delete from tenure where ${OURS} || id = $1 returning id)
  select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1 and (select count(*) from gone) >= 0`;
const WAITED = `exists (select from pg_locks l where not l.granted and ${OF_LOCK})`;
/** Its row may be gone: it was put out, and takes the tenure anew before it has renewed. */
const TAKEN = `${ROW}
  on conflict (id) do update set since = excluded.since, lease_until = excluded.lease_until
  returning ${WAITED}`;

export function openDesk(place: PostgresPlace, program: string): Desk {
  const listeners = new Set<(news: News) => void>();
  const channel = `rollcall ${place.schema}`.slice(0, 63);
  let client: Promise<Client> | null = null;
  let renewing: NodeJS.Timeout | undefined;
  let closed = false;
  let before = false;
  let last: Promise<unknown> = Promise.resolve();
  const heard = (news: News): void => {
    for (const listener of [...listeners]) listener(news);
  };
  const connected = async (): Promise<Client> => {
    const fresh = await connect(place);
    // What is lost is found lost by the next use.
    fresh.on('error', () => {});
    fresh.on('notification', ({ payload }) => heard(payload as News));
    try {
      await fresh.query(`listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      void fresh.end().catch(() => {});
      throw error;
    }
    if (before) heard('missed');
    before = true;
    return fresh;
  };
  /** Whatever it failed with, the next ask tries anew. */
  const connecting = (): Promise<Client> => {
    const mine = connected();
    mine.catch(() => {
      if (client === mine) client = null;
    });
    return mine;
  };
  const leave = (mine: Promise<Client>): Promise<void> => {
    if (client === mine) client = null;
    return mine.then((lost) => lost.end()).catch(() => {});
  };
  const send = async (text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    for (let again = false; ; again = true) {
      if (closed) throw new RollcallError('internal', 'the store is closed');
      client ??= connecting();
      const mine = client;
      try {
        return (await (await mine).query({ text, values: [...values], rowMode: 'array' })).rows as Row[];
      } catch (error) {
        if (isLost(error)) void leave(mine);
        if (again || !isLost(error)) throw postgresError(error);
      }
    }
  };
  /** One after the other, as a connection takes them. */
  const ask: Desk['ask'] = (text, values = []) => {
    const answer = last.then(() => send(text, values));
    last = answer.catch(() => undefined);
    return answer;
  };
  const row = [place.process, program, hostname(), process.pid];
  const enter = async (): Promise<void> => void (await ask(ENTER, row));
  const putOut = (): void => heard('out');
  const renew = async (): Promise<void> => {
    if ((await ask(RENEW, [place.process])).length > 0) return;
    // Before it is entered again: what is taken from here on is not over.
    putOut();
    await enter();
  };
  return {
    ask,
    renew,
    putOut,
    epoch: async () => Number((await ask(`select value from counter where name = 'epoch'`))[0]![0]),
    tell: async (news) => void (await ask('select pg_notify($1, $2)', [channel, news])),
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async register() {
      if (renewing !== undefined) return;
      await enter();
      await ask(CLEAN);
      renewing ??= setInterval(() => void renew().catch(() => {}), RENEW_MS);
      renewing.unref();
    },
    noteTaken: async () => (await ask(TAKEN, row))[0]?.[0] === true,
    waited: async () => (await ask(`select ${WAITED}`))[0]?.[0] === true,
    async holder() {
      const [found] = await ask(WHO);
      if (!found) return null;
      const [name, of, host, pid, since, over] = found;
      // Given meanwhile: whoever stood still while it waited would put itself out.
      if (name === nameOfProcess(place.process)) return null;
      if (over === true) {
        await ask(PUT_OUT, [name]).catch((error: RollcallError) => {
          if (error.kind !== 'permission') throw error;
          const who = `Rollcall ${of} (process ${pid} on ${host})`;
          throw new RollcallError(
            'permission',
            `${who} stands still, and PostgreSQL does not let this user end its connections`,
            {
              remedy: 'end that process, and give all processes the same user in `store:`',
              cause: error,
            },
          );
        });
      }
      return { program: String(of), host: String(host), pid: Number(pid), since: Number(since), putOut: over === true };
    },
    async close() {
      clearInterval(renewing);
      closed = client === null;
      if (closed) return;
      await ask('delete from tenure where id = $1', [place.process]).catch(() => {});
      closed = true;
      if (client !== null) await leave(client);
    },
  };
}
