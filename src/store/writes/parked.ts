/** Parked items of a subject, complete each time: what stays keeps its `since`, what is not listed goes. */
import type { ParkedWrite } from '../contract.ts';
import type { Session } from './session.ts';

export function writeParked(session: Session, run: number, writes: readonly ParkedWrite[]): void {
  for (const write of writes) {
    const staged = 'stagedId' in write.subject ? write.subject.stagedId : null;
    const object = 'objectId' in write.subject ? write.subject.objectId : null;
    const column = staged === null ? 'object_id' : 'staged_id';
    const wanted = new Map(
      write.items.map((item) => {
        const connection = item.connection === null ? null : session.connection(item.connection);
        return [JSON.stringify([item.kind, connection, item.detail]), { ...item, connection }];
      }),
    );
    for (const [id, kind, connection, detail] of session.db.all(
      `select id, kind, connection, detail from parked where ${column} = ?`,
      staged ?? object,
    )) {
      if (wanted.delete(JSON.stringify([kind, connection, detail]))) continue;
      session.db.run('parked', 'delete from parked where id = ?', id!);
    }
    for (const item of wanted.values())
      session.db.run(
        'parked',
        'insert into parked (kind, connection, staged_id, object_id, detail, since, run) values (?, ?, ?, ?, ?, ?, ?)',
        item.kind,
        item.connection,
        staged,
        object,
        item.detail,
        write.at,
        run,
      );
  }
}

/** A refused change was made, or is not wanted any more. */
export function forgetRefused(session: Session, stagedId: number): void {
  session.db.run('parked', "delete from parked where staged_id = ? and kind = 'refused'", stagedId);
}
