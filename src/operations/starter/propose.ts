/** Which column is which attribute, judged by the names of the columns alone; a person looks at it before it is used. */
import { foldForSearch } from '#core/fold';
import { SYNONYMS } from './synonyms.ts';

export interface Proposal {
  readonly attribute: string;
  readonly column: string;
}

/** `Personal-Nr.` → `personalnr`, `Prénom` → `prenom`. */
function plain(text: string): string {
  // German writes umlauts out where a system takes ASCII only; both spellings fold to one.
  return foldForSearch(text)
    .replace(/[^\p{L}\p{N}+]/gu, '')
    .replace(/([aou])e(?=[^aeiou]|$)/g, '$1');
}

const SPELLINGS: ReadonlyMap<string, { readonly attribute: string; readonly rank: number }> = spellings();

function spellings(): Map<string, { attribute: string; rank: number }> {
  const all = new Map<string, { attribute: string; rank: number }>();
  for (const [attribute, text] of Object.entries(SYNONYMS)) {
    for (const [rank, word] of [attribute, ...text.split(',')].entries()) {
      const key = plain(word);
      const known = all.get(key);
      if (key !== '' && (known === undefined || rank < known.rank)) all.set(key, { attribute, rank });
    }
  }
  return all;
}

/** What people put around a name: `hr_first_name`, `First Name (legal)`, `employee.mail`. */
const AROUND = /^(?:hr|employee|emp|person|personal|user|usr|worker|staff|mitarbeiter|ma|salarie|empleado|tbl|fld|f)[\s_.-]+/i;

function spellingsOf(column: string): string[] {
  const bare = column.replace(/\(.*\)|\[.*\]/g, ' ');
  return [column, bare, bare.replace(AROUND, '')].map(plain).filter((text) => text !== '');
}

/** `${` begins an expression or a reference in the file, whatever quotes are around it. */
function canStand(column: string): boolean {
  return !column.includes('${');
}

/** Dearer than any spelling: what most people have is rather meant than what a few have. */
const RARE = 1_000_000;

/** One column per attribute and one attribute per column; what is not `rare` wins, then the better spelling, then the earlier column. */
export function propose(columns: readonly string[], rare: ReadonlySet<string> = new Set()): readonly Proposal[] {
  const candidates = columns.flatMap((column, position) => {
    if (!canStand(column)) return [];
    for (const [way, text] of spellingsOf(column).entries()) {
      const known = SPELLINGS.get(text);
      if (known === undefined) continue;
      const cost = (rare.has(column) ? RARE : 0) + way * 1_000 + known.rank;
      return [{ column, attribute: known.attribute, cost, position }];
    }
    return [];
  });
  candidates.sort((a, b) => a.cost - b.cost || a.position - b.position);
  const taken = new Set<string>();
  const found = candidates.filter(({ attribute }) => !taken.has(attribute) && taken.add(attribute));
  const order = Object.keys(SYNONYMS);
  return found
    .map(({ attribute, column }) => ({ attribute, column }))
    .sort((a, b) => order.indexOf(a.attribute) - order.indexOf(b.attribute));
}

/** The column that never changes for one person: the employee number, else a login, else the first column. */
export function proposeAnchor(columns: readonly string[], proposals: readonly Proposal[]): string | null {
  const by = (attribute: string): string | undefined => proposals.find((one) => one.attribute === attribute)?.column;
  const id = columns.find((column) => /^(?:id|guid|uuid|objectguid|entryuuid)$/i.test(column.trim()));
  return by('employeeId') ?? id ?? by('login') ?? by('mail') ?? columns.find(canStand) ?? null;
}
