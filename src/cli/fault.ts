/** Faults as people read them: what happened, where, what to do about it; a fault in a file with its line and a caret below it. */

import stringWidth from 'string-width';
import { RollcallError, toFault } from '#core/errors';
import { UsageError } from './command.ts';
import { type Paint, printable } from './terminal.ts';

type Fault = ReturnType<typeof toFault>;

/** `hr.csv, line 12, column 3, object E17, attribute mail`; `connection hr, line 12 of its file, object E17` where no file is named. */
export function place(where: Fault['where']): string {
  const parts: string[] = [];
  if (where.file !== undefined) parts.push(printable(where.file));
  const unnamed = where.file === undefined && where.connection !== undefined;
  if (where.line !== undefined && !unnamed) parts.push(`line ${where.line}`);
  if (where.line !== undefined && where.column !== undefined && !unnamed) parts.push(`column ${where.column}`);
  if (where.connection !== undefined) parts.push(`connection ${printable(where.connection)}`);
  if (where.line !== undefined && unnamed) parts.push(`line ${where.line} of its file`);
  if (where.object !== undefined) parts.push(`object ${printable(where.object)}`);
  if (where.attribute !== undefined) parts.push(`attribute ${printable(where.attribute)}`);
  return parts.join(', ');
}

/** Number → text of the lines that faults name. */
export type Lines = { readonly [line: string]: string };

/** The line of the source with a caret below the column; empty where the fault names no line. */
export function excerpt(where: Fault['where'], lines: Lines, paint: Paint): string {
  if (where.line === undefined) return '';
  const text = lines[String(where.line)];
  if (text === undefined) return '';
  const gutter = `  ${String(where.line).padStart(4)} │ `;
  const shown = text.slice(0, 160).replace(/\t/g, ' ');
  const out = `${paint.dim(gutter)}${printable(shown)}\n`;
  if (where.column === undefined || where.column > shown.length + 1) return out;
  const before = stringWidth(printable(shown.slice(0, where.column - 1)));
  return `${out}${' '.repeat(gutter.length + before)}${paint.red('^')}\n`;
}

/** `warns`: it works as it is, and somebody may want to know. */
export function faultText(fault: Fault, paint: Paint, lines: Lines = {}, warns: boolean = false): string {
  const at = place(fault.where);
  return (
    `${warns ? paint.yellow('!') : paint.red('✗')} ${printable(fault.message)}\n` +
    (at === '' ? '' : `  ${paint.dim('at')} ${at}\n`) +
    excerpt(fault.where, lines, paint) +
    (fault.remedy === undefined ? '' : `  ${paint.dim('→')} ${printable(fault.remedy)}\n`)
  );
}

/** Any error as text; one that is our own bug carries its stack, since nobody can mend it without. */
export function errorText(error: unknown, paint: Paint): string {
  if (error instanceof UsageError)
    return `${paint.red('✗')} ${printable(error.message)}\n  ${paint.dim('→')} ${printable(error.remedy)}\n`;
  const text = faultText(toFault(error), paint);
  if (error instanceof RollcallError) return text;
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 6).join('\n') : '';
  return `${text}  ${paint.dim('→')} This is a fault in Rollcall itself. Please report it with these lines:\n${paint.dim(stack)}\n`;
}
