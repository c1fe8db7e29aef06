/** Reads about accounts, tokens, sessions and links. */
import type { AccessReads } from '../../contract.ts';
import {
  ACCOUNT_COLUMNS,
  accessAccount,
  accessLink,
  accessSession,
  accessToken,
  LINK_COLUMNS,
  SESSION_COLUMNS,
  TOKEN_COLUMNS,
} from '../../tables/access-rows.ts';
import type { Bind, Database, Row } from '../../tables/database.ts';

export function accessReads(db: Database): AccessReads {
  const one = <Out>(make: (row: Row) => Out, sql: string, ...values: Bind[]): Out | null => {
    const row = db.get(sql, ...values);
    return row ? make(row) : null;
  };
  const account = `select ${ACCOUNT_COLUMNS} from access_account where`;
  return {
    account: async (id) => one(accessAccount, `${account} id = ?`, id),
    accountByName: async (nameKey) => one(accessAccount, `${account} name_key = ?`, nameKey),
    accountBySubject: async (issuer, subject) => one(accessAccount, `${account} issuer = ? and subject = ?`, issuer, subject),
    accounts: async ({ after, limit }) => db.all(`${account} id > ? order by id limit ?`, after, limit).map(accessAccount),
    async anyAccount(role) {
      return (
        db.get('select 1 from access_account, json_each(roles) r where disabled_at is null and r.value = ? limit 1', role) !==
        undefined
      );
    },
    token: async (id) => one(accessToken, `select ${TOKEN_COLUMNS} from access_token where id = ?`, id),
    async tokens({ after, limit }) {
      return db.all(`select ${TOKEN_COLUMNS} from access_token where id > ? order by id limit ?`, after, limit).map(accessToken);
    },
    session: async (hash) => one(accessSession, `select ${SESSION_COLUMNS} from access_session where hash = ?`, hash),
    link: async (hash) => one(accessLink, `select ${LINK_COLUMNS} from access_link where hash = ?`, hash),
  };
}
