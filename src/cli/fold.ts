/** Text on a terminal that is narrower than its lines. */
import stringWidth from 'string-width';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COMMAND = /^ *(?:\u001b\[\d+m)*(?:→(?:\u001b\[\d+m)* (?:\u001b\[\d+m)*)?rollcall /;
/** A command in a sentence, to its end or the next one, is one word; so is what stands between blanks. */
const WORDS = /^ *(?!rollcall )\S+|'rollcall [^']*'\S*|rollcall (?:(?! or rollcall |; ).)*|\S+| +/g;

/**
 * Lines that are longer than the terminal is wide, broken between words; what goes on is indented by two more than its line. Colours
 * have no width. A command to copy stays whole, and so does a line that begins with one: where the terminal breaks it itself, it is copied as one.
 */
export function fold(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (stringWidth(line) <= width || COMMAND.test(line) ? line : folded(line, width)))
    .join('\n');
}

function folded(line: string, width: number): string {
  const indent = ' '.repeat(Math.min(line.length - line.trimStart().length + 2, 12));
  const lines: string[] = [];
  let now = '';
  for (const word of line.match(WORDS) ?? []) {
    if (stringWidth((now + word).trimEnd()) > width && now.trim() !== '') {
      lines.push(now.trimEnd());
      now = word.trim() === '' ? indent : indent + word;
    } else now += word;
  }
  return [...lines, now.trimEnd()].join('\n');
}
