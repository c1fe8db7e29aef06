/**
 * Makes docs/demo.svg, the picture in the README, from what the demo really prints: `node bin/run.cjs scripts/picture.ts`.
 * Chosen chapters only; text, colours and columns are those of the terminal.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { optionsOf } from './options.ts';

optionsOf(import.meta.url, {});

/** Chapter → how many of its commands. */
const CHAPTERS: ReadonlyMap<number, number> = new Map([
  [3, 1],
  [8, 2],
]);
/** Longer outputs are cut below, longer lines at the right. */
const LINES_PER_COMMAND = 26;
const COLUMNS = 116;

const COLUMN = 8.4;
const ROW = 19;
const MARGIN = 18;
const BAR = 34;
const INK = '#d6deeb';
const COLOURS: { readonly [code: number]: string } = {
  31: '#ff6b81',
  32: '#8bd98b',
  33: '#f0c674',
  34: '#7aa2f7',
  35: '#c99cf0',
  36: '#6fd3e0',
  90: '#7f8a9c',
};

interface Look {
  readonly fill: string;
  readonly bold: boolean;
  readonly dim: boolean;
}
const PLAIN: Look = { fill: INK, bold: false, dim: false };

function changed(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 39) return { ...look, fill: INK };
  return COLOURS[code] === undefined ? look : { ...look, fill: COLOURS[code] };
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** One row of text, as pieces that look alike, each at its column. */
function row(line: string, y: number): string {
  let look = PLAIN;
  let column = 0;
  let out = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) {
      look = codes.split(';').reduce((now, code) => changed(now, Number(code)), look);
      continue;
    }
    const width = stringWidth(part);
    if (part.trim() !== '') {
      const style = `${look.bold ? ' font-weight="700"' : ''}${look.dim ? ' opacity="0.6"' : ''}`;
      const length = part.length > 1 ? ` textLength="${(width * COLUMN).toFixed(1)}" lengthAdjust="spacingAndGlyphs"` : '';
      out += `<text x="${(MARGIN + column * COLUMN).toFixed(1)}" y="${y}" fill="${look.fill}"${style}${length} xml:space="preserve">${escaped(part)}</text>`;
    }
    column += width;
  }
  return out;
}

function picture(lines: readonly string[], title: string): string {
  const columns = Math.max(...lines.map((line) => stringWidth(line)));
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = BAR + lines.length * ROW + MARGIN;
  const dots = ['#ff5f57', '#febc2e', '#28c840']
    .map((fill, i) => `<circle cx="${18 + i * 18}" cy="17" r="5.5" fill="${fill}"/>`)
    .join('');
  const rows = lines.map((line, i) => row(line, BAR + (i + 1) * ROW - 5)).filter((text) => text !== '');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="9" fill="#141a24"/>${dots}`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

/** A line no longer than the picture is wide; escape sequences take no room and stay. */
function fitted(line: string): string {
  if (stringWidth(line) <= COLUMNS) return line;
  let width = 0;
  let out = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const part of line.match(/\u001b\[[\d;]*m|\p{L}\p{M}*|[\s\S]/gu) ?? []) {
    if (!part.startsWith('\u001b') && width + stringWidth(part) >= COLUMNS) return `${out}…`;
    out += part;
    width += stringWidth(part);
  }
  return out;
}

/** Text of the chapters asked for. */
function chosen(text: string): readonly string[] {
  const chapters = text.split(/^(?=.*━━ \d+\. )/m);
  return [...CHAPTERS].flatMap(([number, count]) => {
    const chapter = chapters.find((one) => one.includes(`━━ ${number}. `)) ?? '';
    const commands = chapter.trimEnd().split(/\n\n(?=.*\$ rollcall )/);
    return commands.slice(0, count + 1).flatMap((command) => {
      const lines = command.split('\n').map(fitted);
      return lines.length <= LINES_PER_COMMAND ? [...lines, ''] : [...lines.slice(0, LINES_PER_COMMAND), '  ⋮', ''];
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-picture-'));
try {
  const demo = fileURLToPath(new URL('../examples/demo/demo.ts', import.meta.url));
  const done = spawnSync(process.execPath, ['--conditions=source', demo, '--folder', 'demo'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, FORCE_COLOR: '1', ROLLCALL_USER: 'ada' },
  });
  if (done.status !== 0) throw new Error(`the demo failed:\n${done.stdout}`);
  writeFileSync(
    new URL('../docs/demo.svg', import.meta.url),
    picture(
      chosen(done.stdout),
      'Rollcall in a terminal: why a person has this mobile number, and a busy day in HR planned and run',
    ),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
