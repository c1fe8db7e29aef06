/**
 * Interned names for readers, kept in memory: they are never changed or deleted, and their ids ascend as they are committed,
 * so that whoever meets an unknown one asks for those behind the last that it knows.
 */
import { RollcallError } from '#core/errors';
import type { NamesById, Row } from '../../tables/rows.ts';
import { type Queryable, query } from '../connect.ts';

export interface Names extends NamesById {
  /** 0 when no row can have it. */
  termId(text: string): Promise<number>;
  /** Lookup of these texts, asked for together: undefined when no row can have it. */
  termIds(texts: Iterable<string>): Promise<(text: string) => number | undefined>;
  /** 0 when no row can have it. */
  connectionId(name: string): Promise<number>;
  /** `map` over the rows; it finds the names of all of them, those too that another process added since. */
  mapped<T>(rows: readonly Row[], map: (row: Row) => T): Promise<T[]>;
}

/** Thrown by a mapping that meets a name added since. */
class UnknownName extends RollcallError {
  constructor(table: string, id: number) {
    super('internal', `the store has no ${table} ${id}`);
  }
}

interface Interned {
  text(id: number): string;
  /** Those that another process added since. */
  load(): Promise<void>;
  ids(texts: Iterable<string>): Promise<(text: string) => number | undefined>;
}

export function createNames(pool: Queryable): Names {
  const terms = interned(pool, 'term', 'select id, text from term where id > $1');
  const connections = interned(pool, 'connection', 'select id, name from connection where id > $1');
  return {
    term: terms.text,
    connection: connections.text,
    termIds: terms.ids,
    termId: async (text) => (await terms.ids([text]))(text) ?? 0,
    connectionId: async (name) => (await connections.ids([name]))(name) ?? 0,
    async mapped(rows, map) {
      try {
        return rows.map(map);
      } catch (error) {
        if (!(error instanceof UnknownName)) throw error;
      }
      await terms.load();
      await connections.load();
      return rows.map(map);
    },
  };
}

function interned(pool: Queryable, table: string, since: string): Interned {
  const texts = new Map<number, string>();
  const ids = new Map<string, number>();
  let last = 0;
  const load = async (): Promise<void> => {
    for (const [id, text] of (await query(pool, since, [last])) as [number, string][]) {
      texts.set(id, text);
      ids.set(text, id);
      last = Math.max(last, id);
    }
  };
  return {
    load,
    text(id) {
      const text = texts.get(id);
      if (text === undefined) throw new UnknownName(table, id);
      return text;
    },
    async ids(wanted) {
      for (const text of wanted)
        if (!ids.has(text)) {
          await load();
          break;
        }
      return (text) => ids.get(text);
    },
  };
}
