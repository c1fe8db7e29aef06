/**
 * What must never be printed. Process-wide on purpose: a secret that reached this process is a secret in every log line,
 * fault and screen of it, whoever prints. Values shorter than four characters are not replaced; they would blank ordinary text.
 */
export const REDACTED = '••••';
const SHORTEST = 4;
/** A program that reloads its file for years with rotating secrets forgets the oldest. */
const MOST = 10_000;

const known = new Set<string>();
let pattern: RegExp | null = null;

/** Registers a secret in the spellings in which it is likely to turn up: as it is, in JSON, in a URL, in Basic and Bearer headers. */
export function keepSecret(secret: string): void {
  const spellings = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret).toString('base64'),
  ];
  for (const line of secret.split(/\r?\n/)) spellings.push(line);
  for (const spelling of spellings) {
    if (spelling.length < SHORTEST || known.has(spelling)) continue;
    known.add(spelling);
    pattern = null;
  }
  for (const oldest of known) {
    if (known.size <= MOST) break;
    known.delete(oldest);
  }
}

/** The text with every known secret replaced; longer secrets first, so that one inside another leaves no rest. */
export function redact(text: string): string {
  if (known.size === 0) return text;
  pattern ??= new RegExp(
    [...known]
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('|'),
    'g',
  );
  return text.replace(pattern, REDACTED);
}
