/** The YAML library's complaints in the words of somebody who just wants the file to work. */

/** Message and remedy of one complaint. */
export function explain(code: string, message: string, source: string, offset: number): [string, string] {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = source.indexOf('\n', offset);
  const line = source.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
  if (/^[ ]*\t/.test(line) || code === 'TAB_AS_INDENT') {
    return ['a tab is used as indentation', 'indent with spaces; YAML does not allow tabs there'];
  }
  if (code === 'TAG_RESOLVE_FAILED')
    return ['tags such as !name are not used here', 'remove the tag; put the value in quotes if it is text'];
  const indent = indentOf(line);
  if (code === 'BAD_INDENT' && message.includes('same column'))
    return [
      `the indentation of this line, ${spaces(indent)}, is that of no key above it`,
      'keys that belong together begin in the same column, those inside another one two spaces further in',
    ];
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && lineEnd !== -1 && !line.includes('${')) {
    const next = source
      .slice(lineEnd + 1)
      .split('\n')
      .find((one) => one.trim() !== '' && !one.trim().startsWith('#'));
    if (next !== undefined && indentOf(next) > indent)
      return [
        'this line has its value, and the next one is further in, as if it belonged to it',
        `let both begin in the same column: here it is ${spaces(indent)}, there ${spaces(indentOf(next))}`,
      ];
  }
  if (line.includes('${')) {
    return [
      `YAML cannot read this line: ${plain(message)}`,
      "put the whole expression in quotes: '${…}'; inside { } and with ': ' or ' #' in it, it must be quoted",
    ];
  }
  return [`YAML cannot read this: ${plain(message)}`, 'check indentation, quotes and brackets on this line and the one above'];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function spaces(count: number): string {
  return count === 1 ? '1 space' : `${count} spaces`;
}

/** One line, first letter small, no full stop. */
function plain(message: string): string {
  const first = message.split('\n')[0]!.replace(/[.:]$/, '').slice(0, 200);
  return first.charAt(0).toLowerCase() + first.slice(1);
}
