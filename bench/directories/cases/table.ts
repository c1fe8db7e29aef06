/**
 * A table of PostgreSQL is read in full, and nothing has changed; beside `COPY … TO STDOUT` of it with the driver as it is, every row parsed,
 * hashed with the product's digest and dropped.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { imageText } from '#core/canonical';
import { createDigester } from '#core/digest';
import { attributes, type Value } from '#core/values';
import { copyIn } from '#store/postgres/copy-in';
import { must, timed } from '../../case.ts';
import { permutation, personOf } from '../../data.ts';
import { newDatabase, startServer, withClient } from '../../databases.ts';
import { median } from '../../result.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { QUIET_READS, ROUNDS } from '../quiet-reads.ts';

const SEED = 1;
const COLUMNS = Object.keys(personOf(SEED, 0));
const DATES = ['birth_date', 'starts', 'ends'];
const BATCH = 10_000;

export const tableRead: DirectoryCase = {
  name: 'table-read',
  size: 1_000_000,
  goals: [
    { text: '≤ 2 × COPY', reached: ({ ratioToLimit }) => ratioToLimit! <= 2 },
    { text: 'no row written but for cursors', reached: ({ rowsWritten }) => rowsWritten! <= 3 },
  ],
  async prepare(folder, people) {
    const server = await startServer();
    const url = await newDatabase(server.url, null);
    await withClient(url, (client) => fill(client, people));
    process.env['BENCH_PASSWORD'] = new URL(url).password;
    writeFileSync(join(folder, 'rollcall.yaml'), configuration(url));
    return {
      more: {},
      async limit() {
        const times: number[] = [];
        for (let i = 0; i < ROUNDS; i++)
          times.push((await timed(() => withClient(url, (client) => copied(client, people)))).seconds);
        return median(times);
      },
      remove: () => server.stop(),
    };
  },
  ...QUIET_READS,
};

/** HR of the other suite, in the order of no key. */
async function fill(client: Client, people: number): Promise<void> {
  const types = COLUMNS.map((column) => `${column} ${DATES.includes(column) ? 'date' : 'text'}`);
  await client.query(`create table employees (${types.join(', ')}, primary key (employee_id))`);
  const order = permutation(people, SEED);
  for (let from = 0; from < people; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, people - from) }, (_, i) => {
      const person = personOf(SEED, order(from + i));
      return `${COLUMNS.map((column) => person[column] || '\\N').join('\t')}\n`;
    });
    await copyIn(client, 'copy employees from stdin', Buffer.from(rows.join('')));
  }
  await client.query('vacuum analyze employees');
}

/** The rules are those of HR's file in the other suite. */
function configuration(url: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../rollcall.yaml'), 'utf8');
  const rules = / {4}owner: true\n[\s\S]*?\n\n/.exec(text)![0];
  const { username, host, pathname } = new URL(url);
  return `store: sqlite:rollcall.db
connections:
  hr:
    type: sql
    url: postgres://${host}${pathname}
    user: ${username}
    password: "\${env:BENCH_PASSWORD}"
    kinds: { person: { table: employees, key: employee_id } }
${rules}`;
}

async function copied(client: Client, people: number): Promise<void> {
  const digester = createDigester(new Uint8Array(32).fill(7));
  const anchor = new Uint8Array(8);
  const content = new Uint8Array(16);
  const key = COLUMNS.indexOf('employee_id');
  let rows = 0;
  // One message a row.
  client.connection.on('copyData', ({ chunk }: { readonly chunk: Buffer }) => {
    const fields = chunk.toString('utf8', 0, chunk.length - 1).split('\t');
    const row = attributes(COLUMNS.map((column, i): [string, Value] => [column, fields[i] === '\\N' ? null : fields[i]!]));
    digester.anchorInto(anchor, 0, 'person', fields[key]!);
    digester.contentInto(content, 0, 'person', fields[key]!, imageText(row));
    rows++;
  });
  await client.query('copy employees to stdout');
  must(rows === people, `all ${people} rows are copied, not ${rows}`);
}
