/** COPY … FROM STDIN over a connection of `pg`: the statement and all of its rows are sent at once, and one answer comes back. */
import { type ClientBase, type Connection, Query } from 'pg';
import { noteStatement, sendTogether } from './connect.ts';

const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

/** `rows` as the statement's format has them. @throws what the server says of them. */
export async function copyIn(client: ClientBase, text: string, rows: Buffer): Promise<void> {
  noteStatement(text);
  sendTogether(client);
  await new Promise<void>((resolve, reject) => {
    client.query(new CopyIn(text, rows, (error) => (error ? reject(error) : resolve())));
  });
}

class CopyIn extends Query {
  constructor(text: string, rows: Buffer, callback: (error: Error | undefined) => void) {
    super(text, callback);
    this.submit = (connection: Connection): void => {
      const head = Buffer.allocUnsafe(5);
      head[0] = COPY_DATA;
      head.writeInt32BE(rows.length + 4, 1);
      connection.stream.cork();
      connection.query(text);
      // Rows go as they are: `pg` would copy them once more.
      for (const bytes of [head, rows, COPY_DONE]) connection.stream.write(bytes);
      connection.stream.uncork();
    };
  }

  /** They are on their way already; after an error the server leaves them out. */
  handleCopyInResponse(): void {}
}
