/** What a store calls its rows. */

export type StagedId = number;
export type ObjectId = number;
export type RunId = number;
export type Epoch = number;
/** 16 bytes. */
export type Digest = Uint8Array;
