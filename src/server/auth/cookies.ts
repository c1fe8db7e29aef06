/** Cookies (RFC 6265bis): never read by pages, never sent along by other sites' requests, over TLS only where there is TLS. */

export interface Cookies {
  /** Of a request's `Cookie`; undefined where there is none, or it is there twice. */
  read(header: string | undefined, name: CookieName): string | undefined;
  /** A `Set-Cookie`; an empty value takes it away. `maxAgeSeconds`: without it the browser forgets it when it ends. */
  write(name: CookieName, value: string, maxAgeSeconds?: number): string;
}

export type CookieName = 'session' | 'oidc';

const NAMES: { readonly [name in CookieName]: string } = { session: 'rollcall', oidc: 'rollcall-oidc' };

export function createCookies(isSecure: boolean): Cookies {
  // With this prefix browsers take it from this host alone.
  const named = (name: CookieName): string => (isSecure ? '__Host-' : '') + NAMES[name];
  return {
    read(header, name) {
      const wanted = `${named(name)}=`;
      const found = (header ?? '').split(';').flatMap((part) => {
        const text = part.trim();
        return text.startsWith(wanted) ? [text.slice(wanted.length)] : [];
      });
      return found.length === 1 ? found[0] : undefined;
    },
    write(name, value, maxAgeSeconds) {
      const age = value === '' ? 0 : maxAgeSeconds;
      // Lax: whoever comes back from an identity provider comes from another site.
      const parts = [`${named(name)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
      if (isSecure) parts.push('Secure');
      if (age !== undefined) parts.push(`Max-Age=${age}`);
      return parts.join('; ');
    },
  };
}
