/** What is handed over: durable before it is answered. Those that come at the same time are one statement. */
import { randomUUID } from 'node:crypto';
import type { Handed, SeveralOperations } from '../../contract.ts';
import type { Desk } from './desk.ts';

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
/** Settled ones that nobody has asked for are gone a day later: their asker died. */
const DAY = 86_400_000;
const HAND = `insert into handed (id, request, at) select id, request, ${NOW} from unnest($1::text[], $2::text[]) as n(id, request)
  on conflict (id) do nothing`;
const COLUMNS = 'id, request, taken, settled';
/** `at`: when it was handed over, and from then on when it was settled. */
const NOTE = `update handed set taken = coalesce($2, taken), settled = coalesce($3, settled),
  at = case when $3::text is null then at else ${NOW} end where id = $1`;

interface Waiting {
  readonly id: string;
  readonly request: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export function handedRows(desk: Desk): Pick<SeveralOperations, 'hand' | 'handed' | 'note' | 'forget'> {
  let waiting: Waiting[] = [];
  let writing = false;
  let untold = false;
  /** What is written stays written: whoever has the tenure is told with the next look, otherwise. */
  const tell = async (): Promise<void> => {
    untold = true;
    await desk.tell('handed').then(
      () => {
        untold = false;
      },
      () => undefined,
    );
  };
  const write = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await desk.ask(HAND, [group.map(({ id }) => id), group.map(({ request }) => request)]);
        await tell();
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    writing = false;
  };
  return {
    async hand(request) {
      const id = randomUUID();
      await desk.register();
      await new Promise<void>((done, failed) => {
        waiting.push({ id, request, done, failed });
        void write();
      });
      return id;
    },
    async handed(ids) {
      if (untold) await tell();
      const rows = await (ids === undefined
        ? desk.ask(`select ${COLUMNS} from handed where settled is null order by n`)
        : desk.ask(`select ${COLUMNS} from handed where id = any($1::text[]) order by n`, [ids]));
      return rows.map(
        ([id, request, taken, settled]): Handed => ({
          id: String(id),
          request: String(request),
          taken: taken === null ? null : String(taken),
          settled: settled === null ? null : String(settled),
        }),
      );
    },
    async note(id, { taken, settled }) {
      await desk.ask(NOTE, [id, taken ?? null, settled ?? null]);
      // Whoever asked for it looks now and then.
      await desk.tell('noted').catch(() => undefined);
    },
    async forget(ids) {
      await desk.ask(`delete from handed where id = any($1::text[]) or (settled is not null and at < ${NOW} - ${DAY})`, [ids]);
    },
  };
}
