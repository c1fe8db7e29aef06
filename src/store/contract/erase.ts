/** What is taken away when a person is erased. */
import type { IdentityValue } from '#core/erased';
import type { AuditEvent } from './audit.ts';
import type { ObjectId, StagedId } from './ids.ts';

export interface EraseRequest {
  readonly object: ObjectId;
  readonly revision: number;
  /** All that is linked to it, as it was looked at. */
  readonly staged: readonly {
    readonly id: StagedId;
    readonly revision: number;
    /** By what it would be known under another anchor: hashes of these stay. */
    readonly identity: readonly IdentityValue[];
  }[];
  /** Bytes that nobody else has: hashes, and names of what was made of them. */
  readonly blobs: readonly string[];
  readonly at: number;
  readonly audit: readonly AuditEvent[];
}

export interface Erased {
  readonly accounts: number;
  readonly changes: number;
  readonly errors: number;
  readonly decisions: number;
  readonly parked: number;
  /** Hashes that stay: of anchors, of what says who somebody is under another one, and of unique values. */
  readonly hashes: number;
}
