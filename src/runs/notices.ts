/** What a run says that somebody should look at, once each. */
import type { Notice } from './model.ts';

/** A hold is looked at after each part of a run: what is said of it is how it stands by then; null: it is no more. */
export function tell(notices: Notice[], said: Omit<Notice, 'message'>, message: string | null): void {
  const { kind, connection, hold } = said;
  const place = notices.findIndex(
    (one) => one.kind === kind && one.connection === connection && (hold === null ? one.message === message : one.hold === hold),
  );
  if (message === null) {
    if (place >= 0) notices.splice(place, 1);
  } else if (place < 0) notices.push({ ...said, message });
  else notices[place] = { ...said, message };
}
