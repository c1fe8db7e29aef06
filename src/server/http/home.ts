/** What somebody finds who opens the address of the service: what this is, and where to go on. */
import type { FastifyInstance } from 'fastify';
import { POLICY } from '../auth/pages.ts';

const HOME = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollcall</title>
<link rel="stylesheet" href="/sign-in.css">
</head>
<body>
<main>
<h1>Rollcall</h1>
<p>This service keeps the profiles of people in step across the systems of an organisation.</p>
<ul>
<li><a href="/sign-in">Sign in</a></li>
<li><a href="/api/openapi.json">The HTTP API</a>, described as OpenAPI 3.1</li>
<li>The guide comes with the program, in its folder <code>docs/guide</code>; <code>rollcall --help</code> lists what it can do.</li>
</ul>
</main>
</body>
</html>
`;

export function offerHome(app: FastifyInstance): void {
  app.get('/', async (_, reply) => reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(HOME));
}
