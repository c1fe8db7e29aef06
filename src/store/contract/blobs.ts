/** Bytes by their hash. */

export interface BlobOperations {
  put(blobs: readonly { hash: string; bytes: Uint8Array }[]): Promise<void>;
  get(hash: string): Promise<Uint8Array | null>;
}
