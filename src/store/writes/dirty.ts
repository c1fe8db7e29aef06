/** Dirty rows: ranges, written in the transaction that makes them true. */
import type { DirtyRange, SeqRange } from '../contract.ts';
import { codeOf, SUBJECT_EDGE, SUBJECT_STAGED, SUBJECTS } from '../tables/codes.ts';
import type { Session } from './session.ts';

const INSERT = 'insert into dirty (seq, subject, from_id, to_id, cause, detail) values (?, ?, ?, ?, ?, ?)';

export function writeDirty(session: Session, ranges: readonly DirtyRange[]): void {
  for (const range of joined(ranges))
    session.db.run(
      'dirty',
      INSERT,
      session.nextSeq(),
      codeOf(SUBJECTS, range.subject),
      range.from,
      range.to,
      range.cause,
      range.detail ?? null,
    );
}

/** Ranges that follow one another for the same cause are one. */
function joined(ranges: readonly DirtyRange[]): readonly DirtyRange[] {
  const out: DirtyRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    const follows = last?.subject === range.subject && last.cause === range.cause && range.from <= last.to + 1;
    if (follows && last.detail === undefined && range.detail === undefined)
      out[out.length - 1] = { ...last, to: Math.max(last.to, range.to) };
    else out.push(range);
  }
  return out;
}

/** One row per run of consecutive ids. */
export function writeDirtyIds(session: Session, ids: number[], cause: string): void {
  if (ids.length === 0) return;
  ids.sort((a, b) => a - b);
  let from = ids[0]!;
  let to = from;
  for (let i = 1; i <= ids.length; i++) {
    const id = ids[i];
    if (id !== undefined && id <= to + 1) {
      to = id;
      continue;
    }
    session.db.run('dirty', INSERT, session.nextSeq(), SUBJECT_STAGED, from, to, cause, null);
    if (id !== undefined) from = to = id;
  }
}

export function writeDirtyEdge(session: Session, stagedId: number, attribute: string, key: string): void {
  session.db.run('dirty', INSERT, session.nextSeq(), SUBJECT_EDGE, stagedId, stagedId, 'edge', `${attribute}\u001f${key}`);
}

/** Rows at one go: they are narrow and lie side by side. */
export const CLEARED: number = 1_000;

/** Clears some of what is done with; true when there may be more. */
export function clearDone(session: Session, done: readonly SeqRange[]): boolean {
  let left = CLEARED;
  for (const { after, upTo } of done) {
    left -= session.db.run(
      'dirty',
      'delete from dirty where seq in (select seq from dirty where seq > ? and seq <= ? order by seq limit ?)',
      after,
      upTo,
      left,
    );
    if (left === 0) return true;
  }
  return false;
}
