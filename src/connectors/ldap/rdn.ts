/** The two halves of a name, as written: its own first level, and what it stands below. */
import { parentDn } from '#core/dn';

export function parentText(dn: string): string {
  return parentDn(dn) ?? '';
}

export function rdnText(dn: string): string {
  const parent = parentDn(dn);
  return parent === null
    ? dn.trim()
    : dn
        .slice(0, dn.length - parent.length)
        .trimEnd()
        .replace(/[,;]$/, '')
        .trimEnd();
}
