/**
 * Objects that somebody else (a push, an export) wrote to since a delta read began: which of the two is the newer one, nobody
 * can say (SEMANTICS 16). They are left as they are; where the feed says something else of one, it is asked again from the same
 * place by the next read, which begins after what was written.
 */
import { imageText } from '#core/canonical';
import { type Attributes, bare } from '#core/values';
import type { SeqRange, StagedRow } from '#store/contract';

/** What the feed leaves of an object. */
type AsRead = Pick<StagedRow, 'seen' | 'name' | 'presence'>;

interface Other {
  readonly row: StagedRow;
  readonly read: AsRead;
  /** It said something of members, which are in no image. */
  readonly members: boolean;
}

export interface Others {
  /** Of which the feed says something else than is staged. */
  readonly left: number;
  /** Seqs of what this read wrote itself. */
  own(ranges: readonly SeqRange[]): void;
  wrote(row: StagedRow | undefined): row is StagedRow;
  /** The row as the changes of this read leave it so far. */
  asRead(row: StagedRow): StagedRow;
  note(row: StagedRow, name: string | null, image: Attributes | null, members: boolean): void;
}

export function createOthers(mark: number): Others {
  const mine: { readonly after: number; upTo: number }[] = [];
  const others = new Map<StagedRow['id'], Other>();
  return {
    get left() {
      let count = 0;
      for (const { row, read, members } of others.values()) if (members || !isSame(row, read)) count++;
      return count;
    },
    own(ranges) {
      for (const { after, upTo } of ranges) {
        const last = mine[mine.length - 1];
        if (last && last.upTo === after) last.upTo = upTo;
        else mine.push({ after, upTo });
      }
    },
    wrote(row): row is StagedRow {
      return (
        row !== undefined &&
        row.touchedSeq > mark &&
        !mine.some(({ after, upTo }) => row.touchedSeq > after && row.touchedSeq <= upTo)
      );
    },
    asRead: (row) => ({ ...row, ...others.get(row.id)?.read }),
    note(row, name, image, members) {
      const read: AsRead = { seen: imageText(image ?? bare()), name, presence: image === null ? 'gone' : 'present' };
      others.set(row.id, { row, read, members: members || others.get(row.id)?.members === true });
    },
  };
}

function isSame(row: StagedRow, read: AsRead): boolean {
  if (row.presence === 'gone' || read.presence === 'gone') return row.presence === read.presence;
  return row.seen === read.seen && row.name === read.name;
}
