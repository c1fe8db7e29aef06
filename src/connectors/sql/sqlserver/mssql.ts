/** What is used of the package `mssql`, which is not installed unless somebody needs it: https://www.npmjs.com/package/mssql */

export interface Mssql {
  readonly ConnectionPool: new (config: object) => Pool;
  readonly ISOLATION_LEVEL: { readonly SNAPSHOT: number; readonly REPEATABLE_READ: number };
}

export interface Pool {
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  request(): Request;
  transaction(): Transaction;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

export interface Transaction {
  begin(isolation: number): Promise<unknown>;
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
  request(): Request;
}

export interface Request {
  stream: boolean;
  input(name: string, value: unknown): unknown;
  query(
    text: string,
  ): Promise<{ readonly recordset?: readonly (readonly unknown[])[]; readonly rowsAffected: readonly number[] }>;
  on(event: 'row' | 'error' | 'done', listener: (value: unknown) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  cancel(): unknown;
}
