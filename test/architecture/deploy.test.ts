/** What is shipped under deploy/: what it names is there, and the tools that look at such files find nothing. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createMetrics } from '#telemetry/metrics';
import { testOn } from '../servers/ask.ts';
import { ROOT, read } from './tree.ts';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Manifest {
  readonly kind: string;
  readonly data?: { readonly [file: string]: string };
  readonly spec?: {
    readonly template: {
      readonly spec: {
        readonly securityContext: { readonly runAsNonRoot: boolean };
        readonly containers: readonly {
          readonly securityContext: { readonly readOnlyRootFilesystem: boolean; readonly allowPrivilegeEscalation: boolean };
          readonly livenessProbe: Probe;
          readonly readinessProbe: Probe;
          readonly env: readonly {
            readonly name: string;
            readonly valueFrom: { readonly secretKeyRef: { readonly name: string } };
          }[];
        }[];
      };
    };
  };
}

const CHART = 'deploy/helm/rollcall';
const run = (tool: string, ...argv: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(tool, argv, { encoding: 'utf8', cwd: new URL('../..', import.meta.url) });
  return { status, said: stdout + stderr, stdout };
};

describe('alerts and dashboard', () => {
  const look = async () => ({ dirty: { oldest: null, newest: 0 }, exports: [], parked: [] });
  const known = new Set(createMetrics({ version: '', wall: () => 0, look }).names());
  // `rollcall_…` and what Node.js and the process count; of a histogram its parts.
  const named = (text: string): string[] => [...text.matchAll(/\b(?:rollcall|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
  const isKnown = (name: string): boolean => known.has(name) || known.has(name.replace(/_(?:bucket|sum|count)$/, ''));

  it('name only metrics that there are', () => {
    const { groups } = parse(read('deploy/prometheus/rollcall.rules.yaml')) as { groups: { rules: { expr: string }[] }[] };
    const { panels } = JSON.parse(read('deploy/grafana/rollcall.json')) as { panels: { targets: { expr: string }[] }[] };
    const asked = [
      ...groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => named(expr))),
      ...panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => named(expr))),
    ];
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((name) => !isKnown(name))).toEqual([]);
  });

  it('the guide explains each of ours', () => {
    const told = new Set(named(read('docs/guide/monitoring.md')));
    expect([...known].filter((name) => name.startsWith('rollcall_') && !told.has(name))).toEqual([]);
    expect([...told].filter((name) => !isKnown(name))).toEqual([]);
  });

  testOn('promtool', 'promtool finds the rules in order', async () => {
    expect(run('promtool', 'check', 'rules', 'deploy/prometheus/rollcall.rules.yaml')).toMatchObject({ status: 0 });
  });
});

describe('unit', () => {
  testOn('systemd', 'systemd finds it in order, and well shut', async () => {
    const root = mkdtempSync(join(tmpdir(), 'rollcall-unit-'));
    const put = (file: string, text: string, mode = 0o644): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text, { mode });
    };
    put('etc/systemd/system/rollcall.service', read('deploy/rollcall.service'));
    put('usr/bin/rollcall', '#!/bin/sh\n', 0o755);
    // What it comes after and is wanted by.
    const units = ['/usr/lib/systemd/system', '/lib/systemd/system'].find((folder) => existsSync(folder))!;
    cpSync(units, join(root, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
    expect(run('systemd-analyze', 'verify', `--root=${root}`, 'rollcall.service')).toMatchObject({ status: 0, said: '' });
    const { said } = run('systemd-analyze', 'security', '--offline=true', '--no-pager', `--root=${root}`, 'rollcall.service');
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(said)?.[1])).toBeLessThan(2);
    rmSync(root, { recursive: true });
  });

  testOn('systemd', 'its user is made by sysusers', async () => {
    const root = mkdtempSync(join(tmpdir(), 'rollcall-users-'));
    const { status, said } = run('systemd-sysusers', '--dry-run', `--root=${root}`, `${ROOT}/deploy/rollcall.sysusers.conf`);
    const [, name] = /^User=(.+)$/m.exec(read('deploy/rollcall.service'))!;
    expect(status).toBe(0);
    expect(said).toMatch(new RegExp(`^Creating group '${name}' .*\nCreating user '${name}' `));
    rmSync(root, { recursive: true });
  });
});

it('a Dockerfile as it should be written', () => {
  const problems = (text: string): readonly string[] => validate(text).map(({ message }) => String(message));
  expect(problems(read('deploy/Dockerfile'))).toEqual([]);
  expect(problems('FROM scratch\nUSRE 1\n')).toEqual(['Unknown instruction: USRE']);
});

it('the image runs as nobody in particular, and copies what there is', () => {
  const lines = read('deploy/Dockerfile').split('\n');
  expect(
    lines.filter((line) => line.startsWith('FROM')).every((line) => /^FROM node:\d+-bookworm-slim( AS build)?$/.test(line)),
  ).toBe(true);
  expect(lines).toContain('USER 10001:10001');
  const let_in = read('deploy/Dockerfile.dockerignore')
    .match(/^!.+$/gm)!
    .map((line) => line.slice(1));
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  expect(let_in.filter((name) => !readable(name))).toEqual([]);
  for (const name of ['bin', 'dist', 'schema']) {
    expect(files).toContain(name);
    expect(lines).toContain(`COPY --from=build /build/${name} /opt/rollcall/${name}`);
  }
});

function readable(name: string): boolean {
  try {
    readFileSync(new URL(`../../${name}`, import.meta.url));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}

describe('chart', () => {
  const values = parse(read(`${CHART}/values.yaml`)) as { readonly [name: string]: unknown };

  it('its values are those that its schema knows and its templates use, and each is used', () => {
    const { properties } = JSON.parse(read(`${CHART}/values.schema.json`)) as { properties: object };
    expect(Object.keys(values).sort()).toEqual(
      Object.keys(properties)
        .filter((name) => name !== 'global')
        .sort(),
    );
    const names = ['configmap', 'deployment', 'poddisruptionbudget', 'service', 'serviceaccount'];
    const templates = names.map((name) => read(`${CHART}/templates/${name}.yaml`)).join('\n');
    const used = new Set([...templates.matchAll(/\.Values\.(\w+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(values).sort());
    expect((parse(read(`${CHART}/Chart.yaml`)) as { appVersion: string }).appVersion).toBe(
      (JSON.parse(read('package.json')) as { version: string }).version,
    );
  });

  it('helm lints and renders it', ({ skip }) => {
    skip(spawnSync('helm', ['version']).error !== undefined, 'there is no helm, and neither Debian nor npm has it');
    expect(run('helm', 'lint', '--strict', CHART)).toMatchObject({ status: 0 });
    const more = ['--set', 'envFromSecrets={ldap}', '--set', 'files[0].name=ca,files[0].secret=ca,files[0].path=/etc/ca'];
    const { stdout, status, said } = run('helm', 'template', '--kube-version', '1.31.0', 'here', CHART, ...more);
    expect([status, status === 0 ? '' : said]).toEqual([0, '']);
    const all = parseAllDocuments(stdout).map((one) => one.toJS() as Manifest);
    expect(all.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
    expect(all.find(({ kind }) => kind === 'ConfigMap')!.data!['rollcall.yaml']).toBe(values['config']);
    const pod = all.find(({ kind }) => kind === 'Deployment')!.spec!.template.spec;
    const [container] = pod.containers;
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    expect(container!.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect([container!.livenessProbe.httpGet, container!.readinessProbe.httpGet]).toEqual([
      { path: '/healthz', port: 'http' },
      { path: '/readyz', port: 'http' },
    ]);
    expect(container!.env[0]).toMatchObject({ name: 'ROLLCALL_STORE', valueFrom: { secretKeyRef: { name: 'rollcall-store' } } });
  });
});
