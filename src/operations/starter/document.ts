/** The first rollcall.yaml: short, commented, ready to be read and changed by a person. */
import { columnOf, type StarterConnection } from './connection.ts';
import { scalar } from './lines.ts';
import { sourceLines } from './source.ts';
import { targetLines, targetPlan } from './target.ts';

export function starterDocument(parts: {
  readonly source: StarterConnection;
  readonly target: StarterConnection | null;
  readonly store: string;
  readonly zone: string;
}): string {
  const { source, target } = parts;
  const login = target === null ? null : targetPlan(target, source).login;
  const dates = ['startDate', 'endDate'].filter((name) => columnOf(source, name) !== undefined);
  return [
    "# What Rollcall reads, what it makes of it, and where it writes it. 'rollcall check' finds every fault in this file.",
    `# Passwords never stand here: write \${env:NAME} or \${file:path}. All keys: docs/guide/configuration.md`,
    `store: ${scalar(parts.store)}`,
    `zone: ${scalar(parts.zone)}${' '.repeat(Math.max(1, 24 - parts.zone.length))}# dates without a time are in this zone`,
    ...(dates.length === 0
      ? []
      : [
          '',
          'life:',
          '  person:',
          ...(dates.includes('startDate') ? ['    starts: startDate         # active from this day on'] : []),
          ...(dates.includes('endDate') ? ['    ends: endDate             # the last day'] : []),
          '    grace: 30d                # from leaving to gone',
        ]),
    ...(login === null ? [] : ['', 'attributes:', '  person:', ...login]),
    '',
    '# The order decides: where several systems know an attribute, the first one wins.',
    'connections:',
    ...sourceLines(source),
    ...(target === null ? [] : ['', ...targetLines(target, source)]),
    '',
  ].join('\n');
}
