/** Where the PostgreSQL server of this run is: given by `verify` or by hand, or asked of the process that runs the tests (setup.ts). */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly url?: string;
  /** Why there is none. */
  readonly missing?: string;
}

let asked: Promise<Answer> | undefined;

export function answer(): Promise<Answer> {
  asked ??= ask();
  return asked;
}

/** Of a superuser, in the database `postgres`. @throws where there is none. */
export async function serverUrl(): Promise<string> {
  const { url, missing } = await answer();
  if (url === undefined) throw new Error(`no PostgreSQL: ${missing}`);
  return url;
}

async function ask(): Promise<Answer> {
  const given = process.env['ROLLCALL_TEST_POSTGRES'];
  if (given !== undefined) return { url: given };
  const servers = process.env['ROLLCALL_TEST_SERVERS'];
  if (servers === undefined) return { missing: 'ROLLCALL_TEST_POSTGRES holds no URL, and no test run is there to start one' };
  return JSON.parse(await text(connect(servers))) as Answer;
}
