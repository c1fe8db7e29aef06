/**
 * Generated values that an account was to have and of which it is not known that they reached whoever is to be told
 * (docs/decisions/0017). The wish is what remembers it: one with such a value stands until its delivery is known, and when the
 * account turns out to be there, a new value is wanted for it.
 */
import { parseImage } from '#core/canonical';
import { isGenerated } from '#core/generated';
import type { ExportRule, SecretFlow } from '#rules/model';
import type { StagedId, StagedRow } from '#store/contract';
import { isUnanswered } from './unanswered-creates.ts';

/** `rows`: of the account's person, creates that nobody answered among them. `links`: rows that are linked in this generation. */
export function owedSecrets(
  rows: readonly StagedRow[],
  rule: ExportRule,
  account: StagedRow,
  links: Pick<ReadonlyMap<StagedId, unknown>, 'has'>,
): readonly SecretFlow[] {
  if (rule.secrets.length === 0 || account.origin !== 'created') return [];
  // Beside it the create may stand for a while longer: only who is linked just now was made by it.
  const beside = links.has(account.id) ? rows.filter(({ connection, kind }) => isOf(account, connection, kind)) : [account];
  const wanted = beside.filter((row) => isOwed(row, account)).map((row) => parseImage(row.export!.wanted!));
  return rule.secrets.filter(({ attribute }) => wanted.some((image) => isGenerated(image[attribute])));
}

function isOf(account: StagedRow, connection: string, kind: string): boolean {
  return connection === account.connection && kind === account.kind;
}

function isOwed(row: StagedRow, account: StagedRow): boolean {
  const wish = row.export;
  if (wish === null || wish.wanted === null) return false;
  if (wish.operation === 'update') return row.id === account.id;
  // One that was never sent, or was refused, made nothing: somebody else made what is there.
  const maybeMade = wish.state === 'unknown' || isUnanswered(row) || (wish.attempts > 0 && wish.state !== 'failed');
  return wish.operation === 'create' && maybeMade;
}
