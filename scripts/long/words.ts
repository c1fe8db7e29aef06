/** What `verify:long` says of time and of what is left. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds / 60);
  return whole < 100 ? `${whole} min` : `${Math.floor(whole / 60)} h ${whole % 60} min`;
}

/** `minutes`: what --minutes said. With none at all, the same command would do as little again. */
export function leftWords(what: { left: number; of: number; seconds: number; minutes: number }): string {
  const { left, of, seconds, minutes } = what;
  const how = minutes === 0 ? 'without --minutes 0, or with more of them, they are done' : 'the same command goes on with them';
  return `${left} of ${of} pieces are left, about ${duration(seconds)}: ${how}`;
}
