/** Several values as one anchor: joined by `|`, with `\` before each `|` and `\` of a value, so that no two objects share one by accident. */
export function joinAnchor(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : values.map((value) => value.replace(/[\\|]/g, '\\$&')).join('|');
}

/** The reverse; null for a text that `joinAnchor` never makes of `count` values. */
export function splitAnchor(anchor: string, count: number): readonly string[] | null {
  if (count === 1) return anchor === '' ? null : [anchor];
  const values = [''];
  for (let i = 0; i < anchor.length; i++) {
    if (anchor[i] === '|') values.push('');
    else if (anchor[i] !== '\\') values.push(values.pop()! + anchor[i]!);
    else if (/[\\|]/.test(anchor[++i] ?? '')) values.push(values.pop()! + anchor[i]!);
    else return null;
  }
  return values.length === count && values.every((value) => value !== '') ? values : null;
}
