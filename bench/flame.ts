/**
 * A flame graph as SVG of the CPU profiles in a folder, one below the other: each box a function, as wide as the time in it and what it
 * calls, on top of it what it calls. Waiting is left out. Functions of less than a thousandth of the time have no box.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Box {
  readonly name: string;
  readonly place: string;
  micros: number;
  readonly calls: Map<string, Box>;
}

const WIDTH = 1600;
const ROW = 17;
const LEAST = 0.001;

export function flameGraph(folder: string, title: string): string {
  const threads = readdirSync(folder)
    .filter((file) => file.endsWith('.cpuprofile'))
    .sort()
    .map((file) => {
      const root = tree(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile);
      return { name: file.replace('.cpuprofile', ''), root, depth: depthOf(root, root.micros * LEAST) };
    });
  const parts: string[] = [];
  let y = 40;
  for (const { name, root, depth } of threads) {
    const bottom = y + (depth + 1) * ROW;
    parts.push(text(4, y, `${name}: ${(root.micros / 1e6).toFixed(1)} s of work`));
    draw(parts, root, 0, bottom, WIDTH / root.micros, root.micros * LEAST, root.micros);
    y = bottom + 3 * ROW;
  }
  const size = `width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
  const style = '<style>text{font:11px sans-serif;pointer-events:none}rect{stroke:#fff;stroke-width:.5}</style>';
  const back = `<rect width="${WIDTH}" height="${y}" fill="#fff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${style}${back}${text(4, 16, title)}${parts.join('')}</svg>\n`;
}

/** Recursion is one box above the other, as it ran. */
function tree({ nodes, samples, timeDeltas }: Profile): Box {
  const own = new Map<number, number>();
  for (const [i, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + timeDeltas[i]!);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const timeIn = (id: number): number =>
    (own.get(id) ?? 0) + (byId.get(id)!.children ?? []).reduce((sum, child) => sum + timeIn(child), 0);
  const add = (id: number, into: Box): void => {
    const { callFrame, children = [] } = byId.get(id)!;
    if (callFrame.functionName === '(idle)') return;
    const loads = callFrame.url.includes('internal/modules/');
    const place = loads ? '' : placeOf(callFrame.url);
    const name = loads ? 'loading modules' : callFrame.functionName || `${place}:${callFrame.lineNumber + 1}`;
    const key = `${name} ${place}`;
    const box: Box = into.calls.get(key) ?? { name, place, micros: 0, calls: new Map() };
    into.calls.set(key, box);
    if (loads) {
      box.micros += timeIn(id);
      return;
    }
    const before = callsOf(box);
    for (const child of children) add(child, box);
    box.micros += (own.get(id) ?? 0) + callsOf(box) - before;
  };
  const root: Box = { name: 'all', place: '', micros: 0, calls: new Map() };
  for (const child of nodes[0]!.children ?? []) add(child, root);
  root.micros = callsOf(root);
  return root;
}

function callsOf({ calls }: Box): number {
  let micros = 0;
  for (const call of calls.values()) micros += call.micros;
  return micros;
}

function placeOf(url: string): string {
  const own = /\/(?:src|dist|bench)\/(.*)\.[jt]s$/.exec(url);
  if (own) return own[1]!;
  const installed = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  return installed ? installed[1]! : url.startsWith('node:') ? url : '';
}

function depthOf(box: Box, least: number): number {
  let depth = 0;
  for (const call of box.calls.values()) if (call.micros >= least) depth = Math.max(depth, 1 + depthOf(call, least));
  return depth;
}

function draw(parts: string[], box: Box, x: number, y: number, scale: number, least: number, all: number): void {
  const width = box.micros * scale;
  const share = ((100 * box.micros) / all).toFixed(1);
  const label = box.place === '' ? box.name : `${box.name} · ${box.place}`;
  parts.push(
    `<rect x="${x.toFixed(1)}" y="${y - ROW}" width="${width.toFixed(1)}" height="${ROW}" fill="${colour(box)}"><title>${escaped(label)}: ${share} %</title></rect>`,
  );
  const room = Math.floor(width / 6.2);
  if (room > 3) parts.push(text(x + 3, y - 5, label.length > room ? `${label.slice(0, room - 1)}…` : label));
  let at = x;
  for (const call of [...box.calls.values()].sort((a, b) => b.micros - a.micros)) {
    if (call.micros < least) continue;
    draw(parts, call, at, y - ROW, scale, least, all);
    at += call.micros * scale;
  }
}

const COLOURS: { readonly [folder: string]: string } = {
  engine: '#f6c177',
  rules: '#f2a7a7',
  store: '#9cc4e4',
  connectors: '#b5d99c',
  core: '#e8d6a0',
};

function colour({ name, place }: Box): string {
  if (name === '(garbage collector)') return '#c9b1e0';
  return COLOURS[place.split('/')[0]!] ?? '#dddddd';
}

const text = (x: number, y: number, of: string): string => `<text x="${x.toFixed(1)}" y="${y}">${escaped(of)}</text>`;

const escaped = (of: string): string => of.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
