/** Accounts, tokens, sessions and links: few rows each. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';

export async function loadAddAccount(loader: Loader, { account }: OperationInput<'addAccount'>): Promise<void> {
  const { nameKey, issuer, subject } = account;
  await loader.rows('access_account', 'from access_account t where t.name_key = $1 or (t.issuer = $2 and t.subject = $3)', [
    nameKey,
    issuer,
    subject,
  ]);
}

export async function loadChangeAccount(loader: Loader, { id }: OperationInput<'changeAccount'>): Promise<void> {
  await loader.rows('access_account', 'from access_account t where t.id = $1', [id]);
  await loadSessionsOf(loader, id);
}

export async function loadToken(loader: Loader, { id }: { readonly id: string }): Promise<void> {
  await loader.rows('access_token', 'from access_token t where t.id = $1', [id]);
}

export async function loadAddSession(loader: Loader, { session }: OperationInput<'addSession'>): Promise<void> {
  await loader.rows('access_session', 'from access_session t where t.expires_at <= $1', [session.createdAt]);
}

export async function loadEndSessions(loader: Loader, { which }: OperationInput<'endSessions'>): Promise<void> {
  if ('hash' in which) await loader.rows('access_session', 'from access_session t where t.hash = $1', [which.hash]);
  else await loadSessionsOf(loader, which.account);
}

export async function loadAddLink(loader: Loader, { link }: OperationInput<'addLink'>): Promise<void> {
  await loader.rows('access_link', 'from access_link t where t.expires_at <= $1 or (t.purpose = $2 and t.account = $3)', [
    link.createdAt,
    link.purpose,
    link.account,
  ]);
}

/** Whoever sets up looks at every account: whether one of them has the roles. */
export async function loadRedeemLink(loader: Loader, { hash, first }: OperationInput<'redeemLink'>): Promise<void> {
  const links = await loader.rows(
    'access_link',
    `from access_link t where t.hash = $1 or ($2 and t.purpose = 'setup')`,
    [hash, first !== null],
    ['hash', 'purpose', 'account', 'created_at', 'expires_at'],
  );
  const account = first === null ? String(links[0]?.[2] ?? '') : null;
  await loader.rows('access_account', 'from access_account t where $1::text is null or t.id = $1', [account]);
  await loadSessionsOf(loader, account);
}

export async function loadTouch(loader: Loader, { tokens, sessions }: OperationInput<'touchAccess'>): Promise<void> {
  await loader.rows('access_token', 'from access_token t where t.id = any($1)', [tokens.map(({ id }) => id)]);
  await loader.rows('access_session', 'from access_session t where t.hash = any($1)', [sessions.map(({ hash }) => hash)]);
}

async function loadSessionsOf(loader: Loader, account: string | null): Promise<void> {
  await loader.rows('access_session', 'from access_session t where t.account = $1', [account]);
}
