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
import { type Queryable, query, type Row } from '../connect.ts';

export function accessReads(pool: Queryable): AccessReads {
  const one = async <Out>(make: (row: Row) => Out, text: string, ...values: unknown[]): Promise<Out | null> => {
    const [row] = await query(pool, text, values);
    return row ? make(row) : null;
  };
  const account = `select ${ACCOUNT_COLUMNS} from access_account where`;
  return {
    account: (id) => one(accessAccount, `${account} id = $1`, id),
    accountByName: (nameKey) => one(accessAccount, `${account} name_key = $1`, nameKey),
    accountBySubject: (issuer, subject) => one(accessAccount, `${account} issuer = $1 and subject = $2`, issuer, subject),
    async accounts({ after, limit }) {
      return (await query(pool, `${account} id > $1 order by id limit $2`, [after, limit])).map(accessAccount);
    },
    async anyAccount(role) {
      const rows = await query(
        pool,
        'select 1 from access_account where disabled_at is null and jsonb_exists(roles::jsonb, $1) limit 1',
        [role],
      );
      return rows.length > 0;
    },
    token: (id) => one(accessToken, `select ${TOKEN_COLUMNS} from access_token where id = $1`, id),
    async tokens({ after, limit }) {
      const rows = await query(pool, `select ${TOKEN_COLUMNS} from access_token where id > $1 order by id limit $2`, [
        after,
        limit,
      ]);
      return rows.map(accessToken);
    },
    session: (hash) => one(accessSession, `select ${SESSION_COLUMNS} from access_session where hash = $1`, hash),
    link: (hash) => one(accessLink, `select ${LINK_COLUMNS} from access_link where hash = $1`, hash),
  };
}
