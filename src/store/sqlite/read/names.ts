/** Interned names for readers: known ones from memory, others from the table. They are never changed or deleted. */
import type { Database } from '../../tables/database.ts';

export interface Names {
  term(id: number): string;
  /** Undefined when no row can have it. */
  termId(text: string): number | undefined;
  /** `termId` for one call that asks for the same few texts many times: it also remembers which are not there. */
  termIds(): (text: string) => number | undefined;
  connection(id: number): string;
  connectionId(name: string): number | undefined;
}

export function createNames(db: Database): Names {
  const byId = (sql: string): ((id: number) => string) => {
    const known = new Map<number, string>();
    return (id) => {
      let text = known.get(id);
      if (text === undefined) {
        text = String(db.get(sql, id)![0]);
        known.set(id, text);
      }
      return text;
    };
  };
  const byText = (sql: string): ((text: string) => number | undefined) => {
    const known = new Map<string, number>();
    return (text) => {
      let id = known.get(text);
      if (id === undefined) {
        const row = db.get(sql, text);
        if (!row) return undefined;
        id = Number(row[0]);
        known.set(text, id);
      }
      return id;
    };
  };
  const termId = byText('select id from term where text = ?');
  return {
    term: byId('select text from term where id = ?'),
    termId,
    termIds() {
      const asked = new Map<string, number | undefined>();
      return (text) => {
        if (!asked.has(text)) asked.set(text, termId(text));
        return asked.get(text);
      };
    },
    connection: byId('select name from connection where id = ?'),
    connectionId: byText('select id from connection where name = ?'),
  };
}
