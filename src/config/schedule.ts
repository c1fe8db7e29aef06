/** Five-field schedule texts (minute, hour, day of month, month, day of week): only whether they can be right; nothing runs here. */
const FIELDS = [
  { name: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', from: 0, to: 23, words: [] },
  { name: 'day of the month', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of the week', from: 0, to: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const;

/** What is wrong with the text, or null. */
export function scheduleFault(text: string): string | null {
  const fields = text.trim().split(/\s+/);
  if (text.length > 200 || fields.length !== FIELDS.length)
    return 'must have five fields: minute, hour, day of month, month, day of week';
  for (const [index, field] of FIELDS.entries()) {
    for (const part of fields[index]!.toLowerCase().split(',')) {
      if (!isPart(part, field)) return `has a ${field.name} that cannot be: "${fields[index]}" (${field.from} to ${field.to})`;
    }
  }
  return null;
}

function isPart(part: string, field: (typeof FIELDS)[number]): boolean {
  const found = /^(?:\*|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:\/([0-9]{1,2}))?$/.exec(part);
  if (found === null) return false;
  const words: readonly string[] = field.words;
  const number = (text: string): number =>
    /^\d/.test(text) ? Number(text) : words.includes(text) ? words.indexOf(text) + field.from : -1;
  const inRange = (value: number): boolean => value >= field.from && value <= field.to;
  const [, first, last, step] = found;
  if (first !== undefined && !inRange(number(first))) return false;
  if (last !== undefined && (!inRange(number(last)) || number(last) < number(first!))) return false;
  return step === undefined || Number(step) >= 1;
}
