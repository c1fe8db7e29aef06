/** A record far over the limit is passed over with its number and length, in no more memory than without it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { ReportOutput } from '#operations/shapes';
import { place } from './place.ts';

const MB = 1_048_576;
const MAIN = join(dirname(fileURLToPath(import.meta.url)), '../../src/main.ts');
/** Prints the most memory the process ever had. */
const TELL =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\nPEAK "+process.resourceUsage().maxRSS*1024+"\\n"))';

const FORMATS = [
  { type: 'csv', more: 'anchor: id', before: 'id,name\nE01,Ann\nE02,', after: '\nE03,Cy\n', line: 3 },
  {
    type: 'jsonl',
    more: '',
    before: '{"id":"E01","name":"Ann"}\n{"id":"E02","name":"',
    after: '"}\n{"id":"E03","name":"Cy"}\n',
    line: 2,
  },
  {
    type: 'ldif',
    more: 'anchor: id',
    before: 'version: 1\n\ndn: cn=a\nobjectClass: person\nid: E01\nname: Ann\n\ndn: cn=b\nobjectClass: person\nid: E02\nname: ',
    after: '\n\ndn: cn=c\nobjectClass: person\nid: E03\nname: Cy\n\n',
    line: 11,
  },
];

it.each(FORMATS)('$type', async ({ type, more, before, after, line }) => {
  const yaml = `limits: { maxObjectSize: 1MB }\nconnections:\n  hr: { type: ${type}, path: hr, ${more === '' ? '' : `${more}, `}import: { person: { project: true, attributes: { employeeId: id, displayName: name } } } }\n`;
  const here = await place(yaml);
  try {
    const measured = async (megabytes: number): Promise<{ peak: number; report: ReportOutput }> => {
      const out = createWriteStream(here.path('hr'));
      out.write(before);
      const chunk = Buffer.alloc(MB, 'x');
      for (let i = 0; i < megabytes; i++) if (!out.write(chunk)) await once(out, 'drain');
      out.end(after);
      await once(out, 'close');
      // As bin/node.cjs starts it.
      const args = [
        '--max-semi-space-size=8',
        '--conditions=source',
        '--disable-warning=ExperimentalWarning',
        '--import',
        TELL,
        MAIN,
      ];
      const child = spawn(process.execPath, [...args, '-c', here.path('rollcall.yaml'), 'run', '--json']);
      const [said, told]: [string[], string[]] = [[], []];
      child.stdout.setEncoding('utf8').on('data', (text: string) => void said.push(text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => void told.push(text));
      await once(child, 'close');
      const peak = /PEAK (\d+)/.exec(told.join(''));
      expect(peak, told.join('')).not.toBeNull();
      return { peak: Number(peak![1]), report: JSON.parse(said.join('')) as ReportOutput };
    };
    const small = await measured(2);
    const large = await measured(192);
    for (const [{ report }, size] of [
      [small, 2],
      [large, 192],
    ] as const) {
      expect(report.faults).toMatchObject([{ where: { file: here.path('hr'), line }, remedy: expect.any(String) }]);
      const bytes = Number(/([\d,]+) bytes/.exec(report.faults[0]!.message)![1]!.replaceAll(',', ''));
      expect(Math.round(bytes / MB)).toBe(size);
      expect(report.objects['person']!.total).toBe(2);
      expect(report.connections).toMatchObject([{ gone: 0 }]);
    }
    expect(large.peak - small.peak).toBeLessThan(48 * MB);
  } finally {
    await here.remove();
  }
});
