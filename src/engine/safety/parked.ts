/**
 * Parked: kept, listed with its reason, waiting for a person or for a change; never guessed (SEMANTICS, head).
 * The closed list of reasons. Each has a row in docs/guide/safety.md and a way to decide it in `rollcall parked`.
 */
export const PARKED_KINDS = [
  /** A staged object whose keys name several objects. */
  'ambiguous',
  /** A second staged object of one connection for one object, without `many`. */
  'second',
  /** A second account of one person in a target. */
  'duplicateAccount',
  /** Nothing to join and no projection. */
  'unjoined',
  /** Joined, but the keys no longer agree. */
  'linkDoubtful',
  /** A create whose name or unique value is already in the target. */
  'accountExists',
  /** A reference whose other end is not known (debt), is several, or has no account in the target yet. */
  'debt',
  /** A unique value that another object has. */
  'uniqueTaken',
  /** No candidate for a unique value was free or usable. */
  'noCandidate',
  /** A value the attribute's type, or the target's limit, does not take; that attribute is held. */
  'invalidValue',
  /** A repair undone three times in a row. */
  'notConverging',
  /** A deprovisioned account that somebody enabled by hand. */
  'enabledByHand',
  /** The target said no, for a reason that a repetition does not cure. */
  'refused',
  /** A due delete waits for recent complete reads of the owners. */
  'staleOwners',
  /** An object that kept returning to a value it had in this run. */
  'circular',
] as const;
export type ParkedKind = (typeof PARKED_KINDS)[number];

/** Answered as done this often, and shown by no read: it is given up, and listed. */
export const MOST_UNSHOWN = 3;
