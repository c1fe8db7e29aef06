/** The pages for signing in: one form each, and one script that sends it. What is shown is set as text, never as HTML. */

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly autocomplete: string;
}

const NAME: Field = { name: 'name', label: 'Name', type: 'text', autocomplete: 'username' };
const PASSWORD: Field = { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' };
const NEW_PASSWORD: Field = { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password' };

export interface Page {
  readonly path: '/sign-in' | '/setup' | '/password';
  readonly html: string;
}

export function pages({ oidc }: { readonly oidc: boolean }): readonly Page[] {
  const elsewhere = oidc ? '<p><a class="button" href="/oidc/sign-in">Sign in with your organisation</a></p>' : '';
  return [
    { path: '/sign-in', html: page('Sign in', [NAME, PASSWORD], 'Sign in', elsewhere) },
    { path: '/setup', html: page('The first administrator', [NAME, NEW_PASSWORD], 'Set up', '') },
    { path: '/password', html: page('Choose a password', [NEW_PASSWORD], 'Keep it', '') },
  ];
}

function page(title: string, fields: readonly Field[], button: string, more: string): string {
  const inputs = fields.map(
    ({ name, label, type, autocomplete }) =>
      `<label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Rollcall</title>
<link rel="stylesheet" href="/sign-in.css">
<script src="/sign-in.js" defer></script>
</head>
<body>
<main>
<h1>${title}</h1>
<p id="said" role="status" aria-live="polite"></p>
<form method="post">${inputs.join('')}<button>${button}</button></form>
<button id="sign-out" type="button" hidden>Sign out</button>
${more}
</main>
</body>
</html>
`;
}

export const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 22rem; margin: 4rem auto; padding: 0 1rem }
label { display: block; margin-top: 1rem }
input { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }
button, .button { display: inline-block; margin-top: 1.5rem; padding: .5rem 1rem; font: inherit }
`;

/** The secret of a link stands behind its #, which browsers send to nobody. */
export const SCRIPT = `'use strict';
const said = document.getElementById('said');
const form = document.querySelector('form');
const out = document.getElementById('sign-out');
const json = { 'content-type': 'application/json' };
async function shown() {
  if (location.pathname !== '/sign-in') return;
  const answer = await fetch('/session');
  if (!answer.ok) return;
  const { name, csrf } = await answer.json();
  said.textContent = 'Signed in as ' + name + '.';
  form.hidden = true;
  out.hidden = false;
  out.onclick = async () => {
    const ended = await fetch('/sign-out', { method: 'POST', headers: { ...json, 'x-csrf-token': csrf }, body: '{}' });
    const { next } = ended.ok ? await ended.json() : {};
    location.assign(next || '/sign-in');
  };
}
form.onsubmit = async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(form));
  if (location.pathname !== '/sign-in') given.link = location.hash.slice(1);
  const answer = await fetch(location.pathname, { method: 'POST', headers: json, body: JSON.stringify(given) });
  if (answer.ok) {
    location.assign('/sign-in');
    return;
  }
  const { detail, remedy } = await answer.json();
  const whole = detail.endsWith('.') ? detail : detail + (remedy ? ':' : '.');
  said.textContent = remedy ? whole + ' ' + remedy + (remedy.endsWith('.') ? '' : '.') : whole;
};
shown();
`;

/** Strict: nothing inline, nothing from elsewhere. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
