/** The cases, by section of docs/SEMANTICS.md. */
import { type Case, days, disableThenDelete, edit, ex, hr, madeFor, put, remove, source, target } from './case.ts';

const simple = { displayName: 'name', mail: 'mail', phone: 'phone' };
const ann = { id: '1', name: 'Ann', mail: 'ann@example.org' };
const bo = { id: '2', name: 'Bo', mail: 'bo@example.org' };
const dirFlows = { cn: 'displayName', mail: 'mail', phone: 'phone' };
const enabled = { enabled: { attribute: 'enabled', on: 'yes', off: 'no' } };
const twoWay = (flow: object | string) => ({
  import: { person: { join: 'employeeId', attributes: { employeeId: 'number', phone: flow } } },
});
const latest = { person: { phone: { strategy: 'latest' } } };
const badge = { import: { person: { join: 'mail', attributes: { mail: 'mail', phone: 'tel' } } } };
const clearing = { value: 'phone', empty: 'clears' };

export const cases: readonly Case[] = [
  {
    says: '1: keys that name several objects are parked, never guessed',
    config: {
      connections: {
        hr: source(simple),
        badge,
        dir: target(dirFlows),
      },
    },
    systems: {
      hr: { a: ann, b: { ...bo, mail: 'ANN@example.org' } },
      badge: { t: { mail: 'ann@example.org', tel: '7' } },
      dir: {},
    },
    story: [
      'settle',
      { parked: ['ambiguous badge person:t'], systems: { dir: { [madeFor('a')]: { phone: undefined } } } },
      edit('hr', 1, { mail: 'bo@example.org' }),
      'settle',
      { parked: [], systems: { dir: { [madeFor('a')]: { phone: '7' } } } },
    ],
  },
  {
    says: '1: a link whose key names several by now is doubtful: listed, and not changed, until it names one again',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: { t: { mail: 'ann@example.org', tel: '7' } }, dir: {} },
    story: [
      'settle',
      { parked: [], links: { 'badge|person:t': hr('a') } },
      edit('hr', 1, { mail: 'ANN@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
      edit('hr', 1, { mail: 'bo@example.org' }),
      'settle',
      { parked: [] },
      put('hr', 'c', { id: '3', name: 'Cy', mail: 'ann@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], systems: { dir: { [madeFor('a')]: { phone: '7' } } } },
      edit('hr', 2, { mail: null }),
      'settle',
      { parked: [] },
    ],
  },
  {
    says: '1: a link is doubtful where several come to have its key at once',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: { t: { mail: 'ann@example.org' } }, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { mail: 'new@example.org' }),
      edit('hr', 1, { mail: 'new@example.org' }),
      edit('badge', 0, { mail: 'new@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
    ],
  },
  {
    says: '1: a link whose key is gone, or names somebody else, is doubtful',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: { t: { mail: 'ann@example.org', tel: '7' } }, dir: {} },
    story: [
      'settle',
      edit('badge', 0, { mail: null }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
      edit('badge', 0, { mail: 'bo@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
      edit('badge', 0, { mail: 'Ann@example.org' }),
      'settle',
      { parked: [] },
    ],
  },
  // ── 2 ──
  {
    says: '2: equivalent values join',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: { ...ann, id: 'E1 É' } }, dir: { x: { number: 'e1 e\u0301', cn: 'old' } } },
    story: [
      'settle',
      {
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann', number: 'E1 É' }, [madeFor('a')]: undefined } },
      },
    ],
  },
  {
    says: '2: a target that answers an exact wish with an equivalent value has converged',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: {} },
    manners: { dir: { rewrites: { mail: 'upper' } } },
    story: ['settle', { systems: { dir: { [madeFor('a')]: { mail: 'ANN@EXAMPLE.ORG' } } }, parked: [] }],
  },
  // ── 3 ──
  {
    says: '3: absent: the next in rank wins; a value of the first in rank beats it',
    config: {
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel', mail: 'mail' }, { project: false }, { owner: false }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: ann }, badge: { b: { id: '1', tel: '77', mail: 'other@example.org' } }, dir: {} },
    story: ['settle', { systems: { dir: { [madeFor('a')]: { phone: '77', mail: 'ann@example.org' } } } }],
  },
  {
    says: '3: known to be empty clears what the target had of its own; absent leaves it alone',
    config: { connections: { hr: source({ ...simple, phone: clearing }), dir: target(dirFlows) } },
    systems: {
      hr: { a: { ...ann, phone: null }, b: bo },
      dir: { x: { number: '1', phone: '11' }, y: { number: '2', phone: '22' } },
    },
    story: ['settle', { systems: { dir: { 'person:x': { phone: undefined }, 'person:y': { phone: '22' } } } }],
  },
  {
    says: '3: empty falls through by default',
    config: {
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel' }, { project: false }, { owner: false }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, badge: { b: { id: '1', tel: '77' } }, dir: {} },
    story: ['settle', edit('hr', 0, { phone: null }), 'settle', { systems: { dir: { [madeFor('a')]: { phone: '77' } } } }],
  },
  {
    says: '3: merge is the union of sets',
    config: {
      attributes: { person: { aliases: { strategy: 'merge' } } },
      connections: {
        hr: source({ aliases: 'nick' }),
        badge: source({ aliases: 'nick' }, { project: false }, { owner: false }),
        dir: target({ alias: 'aliases' }),
      },
    },
    systems: { hr: { a: { ...ann, nick: ['k', 'a'] } }, badge: { b: { id: '1', nick: ['z', 'k'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { alias: ['a', 'k', 'z'] } } } },
      edit('badge', 0, { nick: ['k'] }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { alias: ['a', 'k'] } } } },
    ],
  },
  {
    says: '3: no echo: a value cleared at its origin disappears from every two-way copy in one cycle',
    config: {
      connections: {
        hr: source(simple),
        dir: target(dirFlows, {}, twoWay('phone')),
        other: target(dirFlows, {}, twoWay('phone')),
      },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, dir: {}, other: {} },
    story: [
      'settle',
      { systems: { other: { [madeFor('a')]: { phone: '11' } } } },
      edit('hr', 0, { phone: null }),
      'settle',
      {
        systems: { dir: { [madeFor('a')]: { phone: undefined } }, other: { [madeFor('a')]: { phone: undefined } } },
        objects: { [hr('a')]: { attributes: { phone: undefined } } },
      },
    ],
  },
  {
    says: '3: different from what we put there = a local edit, which contributes',
    config: {
      connections: {
        hr: source(simple),
        dir: target(dirFlows, {}, twoWay('phone')),
        other: target(dirFlows, {}, twoWay('phone')),
      },
    },
    systems: { hr: { a: ann }, dir: {}, other: {} },
    story: [
      'settle',
      edit('dir', 0, { phone: '22' }),
      'settle',
      { systems: { other: { [madeFor('a')]: { phone: '22' } } } },
      edit('other', 0, { phone: null }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { phone: '22' } }, other: { [madeFor('a')]: { phone: '22' } } } },
    ],
  },
  {
    says: '3: an edit that sets back what we once put there is an edit still',
    config: {
      attributes: latest,
      connections: {
        hr: source(simple),
        dir: target(dirFlows, {}, twoWay(clearing)),
        other: target(dirFlows, {}, twoWay(clearing)),
      },
    },
    systems: { hr: { a: ann }, dir: { d: { number: '1', phone: '11' } }, other: {} },
    story: [
      'settle',
      { systems: { other: { [madeFor('a')]: { phone: '11' } } } },
      days(1),
      edit('other', 0, { phone: '22' }),
      'settle',
      { systems: { dir: { 'person:d': { phone: '22' } } } },
      days(1),
      edit('other', 0, { phone: '11' }),
      'settle',
      { systems: { dir: { 'person:d': { phone: '11' } }, other: { [madeFor('a')]: { phone: '11' } } } },
    ],
  },
  {
    says: '3: latest orders by the time first seen; what its last editor cleared survives nowhere',
    config: {
      attributes: latest,
      connections: { hr: source({ ...simple, phone: clearing }), dir: target(dirFlows, {}, twoWay(clearing)) },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, dir: {} },
    story: [
      'settle',
      days(1),
      edit('dir', 0, { phone: '22' }),
      'settle',
      { objects: { [hr('a')]: { attributes: { phone: '22' } } } },
      days(1),
      edit('dir', 0, { phone: null }),
      'settle',
      {
        objects: { [hr('a')]: { attributes: { phone: undefined } } },
        systems: { dir: { [madeFor('a')]: { phone: undefined } } },
      },
    ],
  },
  {
    says: "3: a target's rewriting of our value is never an edit",
    config: {
      connections: {
        hr: source({ ...simple, phone: clearing }),
        dir: target(dirFlows, {}, twoWay('phone')),
        other: target(dirFlows),
      },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, dir: {}, other: {} },
    manners: { dir: { rewrites: { phone: 'cut' } } },
    story: [
      'settle',
      { objects: { [hr('a')]: { attributes: { phone: '11' } } }, parked: [`notConverging dir ${madeFor('a')}`] },
      edit('hr', 0, { phone: null }),
      'settle',
      {
        objects: { [hr('a')]: { attributes: { phone: undefined } } },
        systems: { other: { [madeFor('a')]: { phone: undefined } } },
      },
    ],
  },
  {
    says: '3: without many the second is parked; when the first goes it joins',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: { ...ann, name: 'Ann II' } }, dir: {} },
    story: [
      'settle',
      { parked: ['second hr person:b'], systems: { dir: { [madeFor('a')]: { cn: 'Ann' } } } },
      remove('hr', 0),
      'settle',
      { links: { 'hr|person:b': hr('a') }, objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann II' } } } },
    ],
  },
  {
    says: '3: one that comes back when the second has joined is the second itself, until that goes',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      put('hr', 'b', { ...ann, name: 'Ann II' }),
      'settle',
      put('hr', 'a', ann),
      'settle',
      { parked: ['second hr person:a'], objects: { [hr('b')]: { attributes: { displayName: 'Ann II' } } } },
      remove('hr', 1),
      'settle',
      { parked: [], objects: { [hr('a')]: { attributes: { displayName: 'Ann' } } } },
    ],
  },
  {
    says: '3: with many they join, the primary first, or aggregated',
    config: {
      connections: {
        hr: source({ ...simple, endDate: 'end' }, { many: true, primary: ['row.main'], aggregates: { endDate: 'max' } }),
        dir: target(dirFlows),
      },
    },
    systems: {
      hr: { a: { ...ann, main: false, end: '2026-05-01' }, b: { ...ann, name: 'Ann II', main: true, end: '2026-04-01' } },
      dir: {},
    },
    story: ['settle', { objects: { [hr('a')]: { attributes: { displayName: 'Ann II', endDate: '2026-05-01' } } }, parked: [] }],
  },
  {
    says: '3: one account per person and connection',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: { x: { number: '1' }, y: { number: '1', cn: 'double' } } },
    story: [
      'settle',
      {
        parked: ['duplicateAccount dir person:y'],
        systems: { dir: { 'person:x': { cn: 'Ann' }, 'person:y': { cn: 'double' } } },
      },
    ],
  },
  // ── 5 and 11 ──
  {
    says: '5: dates without time are inclusive; 11: expected, active, leaving, gone',
    config: {
      zone: 'Europe/Berlin',
      life: { person: { starts: 'startDate', ends: 'endDate', grace: '10d' } },
      connections: {
        hr: source({ ...simple, startDate: 'start', endDate: 'end' }),
        dir: target(dirFlows, enabled, { deprovision: disableThenDelete(5) }),
      },
    },
    systems: { hr: { a: { ...ann, start: '2026-03-02', end: '2026-03-03' } }, dir: {} },
    story: [
      'settle',
      { objects: { [hr('a')]: { state: 'expected' } }, systems: { dir: { [madeFor('a')]: undefined } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'active' } }, systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'active' } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving' } }, systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      days(4),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving' } }, systems: { dir: { [madeFor('a')]: undefined } } },
      days(6),
      'settle',
      { objects: { [hr('a')]: { state: 'gone' } } },
    ],
  },
  {
    says: '11: when the last owner goes, values freeze; accounts in grace keep name and mail; a return revives id and account',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel' }, { project: false }, { owner: false }),
        dir: target(dirFlows, enabled, { deprovision: disableThenDelete(20) }),
      },
    },
    systems: { hr: { a: ann, b: bo }, badge: { b1: { id: '1', tel: '77' } }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      edit('badge', 0, { tel: '88' }),
      'settle',
      {
        objects: { [hr('a')]: { state: 'leaving', attributes: { displayName: 'Ann', phone: '77' } } },
        systems: { dir: { [madeFor('a')]: { cn: 'Ann', mail: 'ann@example.org', phone: '77', enabled: 'no' } } },
      },
      days(3),
      put('hr', 'a', { ...ann, name: 'Ann Again' }),
      'settle',
      {
        objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann Again', phone: '88' } } },
        systems: { dir: { [madeFor('a')]: { cn: 'Ann Again', enabled: 'yes' } } },
      },
    ],
  },
  {
    says: '11: others neither keep a person nor end one',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel' }, { project: false }, { owner: false }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: ann, b: bo }, badge: { b1: { id: '1', tel: '77' }, b2: { id: '2' } }, dir: {} },
    story: [
      'settle',
      remove('badge', 0),
      remove('hr', 1),
      'settle',
      { objects: { [hr('a')]: { state: 'active', attributes: { phone: undefined } }, [hr('b')]: { state: 'leaving' } } },
    ],
  },
  {
    says: '11: when one owner of several goes, its values are withdrawn and the next in rank win',
    config: { connections: { hr: source(simple), temps: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, temps: { t: { id: '1', name: 'Ann T', phone: '5' } }, dir: {} },
    story: [
      'settle',
      { objects: { [hr('a')]: { attributes: { displayName: 'Ann', phone: '5' } } } },
      remove('hr', 0),
      'settle',
      {
        objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann T', mail: undefined } } },
        systems: { dir: { [madeFor('a')]: { cn: 'Ann T', mail: undefined } } },
      },
    ],
  },
  {
    says: '11: who is leaving is deprovisioned, whatever else `when` says',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source({ ...simple, department: 'dep' }),
        dir: target(dirFlows, { ...enabled, when: 'person.department == "Sales"' }, { deprovision: { action: 'disable' } }),
      },
    },
    systems: { hr: { a: { ...ann, dep: 'Sales' }, b: bo }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving' } }, systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
    ],
  },
  {
    says: '11: where nobody is an owner nobody leaves by being absent',
    config: {
      connections: {
        hr: { ...source(simple), owner: false },
        dir: target(dirFlows, enabled, { deprovision: { action: 'delete' } }),
      },
    },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: ['settle', remove('hr', 0), 'settle', { systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } } }],
  },
  {
    says: '11: an account that someone enabled by hand meanwhile is parked, not deleted',
    config: {
      connections: {
        hr: source(simple),
        dir: target(dirFlows, enabled, { deprovision: disableThenDelete(5) }),
      },
    },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      put('dir', 'x', { number: '9' }),
      days(6),
      edit('dir', 0, { enabled: 'yes' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } } },
    ],
  },
  // ── 6 ──
  {
    says: '6: a row outside the filter says nothing and keeps nobody',
    config: { connections: { hr: source(simple, { filter: 'row.id != "2"' }), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: ['settle', { objects: { [hr('a')]: { state: 'active' }, [hr('b')]: undefined } }],
  },
  // ── 7 ──
  {
    says: '7: existing accounts are joined first, and adopted',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, dir: { x: { number: '1', cn: 'Old Ann', note: 'kept' } } },
    story: [
      'settle',
      {
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann', note: 'kept' }, [madeFor('a')]: undefined, [madeFor('b')]: { cn: 'Bo' } } },
      },
    ],
  },
  {
    says: '7: a target that is only observed is not written',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: { x: { number: '1', cn: 'Old Ann' } } },
    on: [],
    story: ['settle', { links: { 'dir|person:x': hr('a') }, systems: { dir: { 'person:x': { cn: 'Old Ann' } } } }],
  },
  {
    says: '7: a create whose name already exists in the target is parked',
    config: { connections: { hr: source(simple), dir: target(dirFlows, { name: ex('"cn=" + person.displayName + ",o=x"') }) } },
    systems: { hr: { a: ann }, dir: { x: { cn: 'another', $name: 'CN=Ann, o=x' } } },
    story: [
      'settle',
      {
        parked: [`accountExists dir ${hr('a')}`, 'unjoined dir person:x'],
        systems: { dir: { [madeFor('a')]: undefined, 'person:x': { cn: 'another' } } },
      },
    ],
  },
  {
    says: '7: only linked accounts are ever disabled or deleted',
    config: { connections: { hr: source(simple), dir: target(dirFlows, enabled, { deprovision: { action: 'delete' } }) } },
    systems: { hr: { a: ann, b: bo }, dir: { stranger: { number: '99', enabled: 'yes' } } },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      {
        systems: {
          dir: { 'person:stranger': { number: '99', enabled: 'yes' }, [madeFor('a')]: undefined, [madeFor('b')]: { cn: 'Bo' } },
        },
      },
    ],
  },
  // ── 9 ──
  {
    says: '9: a repair undone three times is given up and listed, also where only the next read shows it',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: {} },
    manners: { dir: { rewrites: { cn: 'cut' } } },
    mute: ['dir'],
    story: ['settle', { parked: [`notConverging dir ${madeFor('a')}`], systems: { dir: { [madeFor('a')]: { cn: 'A' } } } }],
  },
  {
    says: '9: always repairs drift; ifEmpty, onCreate and observe do not',
    config: {
      connections: {
        hr: source({ ...simple, title: 'title', office: 'office' }),
        dir: target({
          cn: 'displayName',
          mail: { value: 'mail', strength: 'ifEmpty' },
          title: { value: 'title', strength: 'onCreate' },
          office: { value: 'office', strength: 'observe' },
        }),
      },
    },
    systems: { hr: { a: { ...ann, title: 'Dr', office: 'A1' } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Ann', mail: 'ann@example.org', title: 'Dr', office: undefined } } } },
      edit('dir', 0, { cn: 'X', mail: 'x@example.org', title: null, office: 'Z' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Ann', mail: 'x@example.org', title: undefined, office: 'Z' } } } },
    ],
  },
  {
    says: '9: values ours removes only what Rollcall added',
    config: { connections: { hr: source({ aliases: 'nick' }), dir: target({ alias: { value: 'aliases', values: 'ours' } }) } },
    systems: { hr: { a: { ...ann, nick: ['k', 'a'] } }, dir: { x: { number: '1', alias: ['theirs'] } } },
    story: [
      'settle',
      { systems: { dir: { 'person:x': { alias: ['a', 'k', 'theirs'] } } } },
      edit('hr', 0, { nick: ['k'] }),
      'settle',
      { systems: { dir: { 'person:x': { alias: ['k', 'theirs'] } } } },
    ],
  },
  {
    says: "9: a DN's parent is onCreate unless move, the RDN is always",
    config: {
      connections: {
        hr: source({ ...simple, department: 'dep' }),
        dir: target(dirFlows, { name: ex('"cn=" + person.displayName + ",ou=" + person.department') }),
        moving: target(dirFlows, { name: ex('"cn=" + person.displayName + ",ou=" + person.department'), move: true }),
      },
    },
    systems: { hr: { a: { ...ann, dep: 'x' } }, dir: {}, moving: {} },
    story: [
      'settle',
      edit('hr', 0, { dep: 'y', name: 'Anna' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { name: 'cn=Anna,ou=x' } }, moving: { [madeFor('a')]: { name: 'cn=Anna,ou=y' } } } },
    ],
  },
  {
    says: '9: a value too long for the target is held for that person, the others go',
    config: { connections: { hr: source(simple), dir: target({ ...dirFlows, cn: { value: 'displayName', maxLength: 3 } }) } },
    systems: { hr: { a: { ...ann, name: 'Annabella' }, b: bo }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { mail: 'ann@example.org', cn: undefined }, [madeFor('b')]: { cn: 'Bo' } } } },
    ],
  },
  {
    says: '9: what a target refuses is parked, the others go',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    manners: { dir: { refuses: { cn: 'Ann' } } },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: undefined, [madeFor('b')]: { cn: 'Bo' } } }, parked: [`refused dir ${hr('a')}`] },
      edit('hr', 0, { name: 'Anna' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Anna' } } }, parked: [] },
    ],
  },
  // ── 10 ──
  {
    says: "10: references are exported in the target's own terms; an unresolved one is debt and resolves by itself",
    config: {
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }),
        dir: target({ cn: 'displayName', manager: 'manager' }),
      },
    },
    systems: { hr: { a: { ...ann, boss: 'b' }, c: { id: '3', boss: 'nobody' } }, dir: {} },
    story: [
      'settle',
      {
        systems: { dir: { [madeFor('a')]: { manager: undefined } } },
        parked: [`debt hr ${hr('a')}`, `debt hr ${hr('c')}`],
      },
      put('hr', 'b', { ...bo, boss: 'a' }),
      'settle',
      {
        systems: {
          dir: { [madeFor('a')]: { manager: `made for ${hr('b')}` }, [madeFor('b')]: { manager: `made for ${hr('a')}` } },
        },
      },
      edit('hr', 0, { boss: null }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { manager: undefined }, [madeFor('b')]: { manager: `made for ${hr('a')}` } } } },
    ],
  },
  {
    says: "10: debt leaves the target's value alone; only a reference that the source removed clears",
    config: {
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }),
        dir: target({ cn: 'displayName', manager: 'manager' }),
      },
    },
    systems: { hr: { a: { ...ann, boss: 'b' }, b: bo }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { manager: `made for ${hr('b')}` } } } },
      edit('hr', 0, { boss: 'unknown' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { manager: `made for ${hr('b')}` } } }, parked: [`debt hr ${hr('a')}`] },
    ],
  },
  {
    says: '10: a person who manages herself is carried',
    config: { connections: { hr: source({ ...simple, manager: { reference: 'boss' } }), dir: target({ manager: 'manager' }) } },
    systems: { hr: { a: { ...ann, boss: 'a' } }, dir: {} },
    story: ['settle', { systems: { dir: { [madeFor('a')]: { manager: `made for ${hr('a')}` } } }, parked: [] }],
  },
  {
    says: '10: membership follows the source, person by person; whoever has no account yet is debt',
    config: {
      connections: {
        hr: {
          owner: true,
          import: {
            person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', displayName: 'name' } },
            group: { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } },
          },
        },
        dir: {
          mode: 'on',
          import: {
            person: { join: 'employeeId', attributes: { employeeId: 'number' } },
            group: { join: 'name', attributes: { name: 'name' } },
          },
          export: {
            person: {
              when: 'person.active && person.displayName != "Bo"',
              provision: true,
              attributes: { number: 'employeeId', cn: 'displayName' },
            },
            group: { provision: true, attributes: { name: 'name', member: 'member' } },
          },
        },
      },
    },
    systems: { hr: { a: ann, b: bo, 'group:g': { name: 'Team', members: ['a', 'b', 'nobody'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { name: 'Team', member: [`made for ${hr('a')}`] } } } },
      edit('hr', 1, { name: 'Bob' }),
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('a')}`, `made for ${hr('b')}`] } } } },
      { do: 'member', connection: 'hr', which: 0, member: 'a' },
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('b')}`] } } } },
    ],
  },
  {
    says: '7: an account that nobody claimed yet is joined by the person who arrives later, never doubled',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: {}, dir: { x: { number: '1', cn: 'Old Ann' } } },
    story: [
      'settle',
      { parked: ['unjoined dir person:x'] },
      put('hr', 'a', ann),
      'settle',
      {
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann' }, [madeFor('a')]: undefined } },
        parked: [],
      },
    ],
  },
  {
    says: '11: a return by join key, under another anchor, revives the account',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }, { many: true }),
        dir: target({ ...dirFlows, manager: 'manager' }, enabled, { deprovision: { action: 'disable' } }),
      },
    },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      days(2),
      put('hr', 'z', { ...ann, boss: 'a' }),
      'settle',
      {
        links: { 'hr|person:z': hr('a') },
        objects: { [hr('a')]: { state: 'active' } },
        systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } },
      },
    ],
  },
  {
    says: '1: what a deleted account said is withdrawn with it',
    config: {
      connections: {
        hr: source({ displayName: 'name', department: 'dep' }),
        dir: target(
          dirFlows,
          { when: ex('person.active && person.department == "Sales"') },
          { ...twoWay('phone'), deprovision: { action: 'delete' } },
        ),
      },
    },
    systems: { hr: { a: { ...ann, dep: 'Sales' } }, dir: { x: { number: '1', phone: '7' } } },
    story: [
      'settle',
      { objects: { [hr('a')]: { attributes: { phone: '7' } } } },
      edit('hr', 0, { dep: 'Research' }),
      'settle',
      { systems: { dir: { 'person:x': undefined } }, objects: { [hr('a')]: { attributes: { phone: undefined } } } },
    ],
  },
  {
    says: '10: a member whose account was made again under another anchor is written again',
    config: {
      connections: {
        hr: {
          owner: true,
          import: {
            person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', displayName: 'name' } },
            group: { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } },
          },
        },
        dir: {
          mode: 'on',
          import: {
            person: { join: 'employeeId', attributes: { employeeId: 'number' } },
            group: { join: 'name', attributes: { name: 'name' } },
          },
          export: {
            person: { provision: true, attributes: { number: 'employeeId', cn: 'displayName' } },
            group: { provision: true, attributes: { name: 'name', member: 'member' } },
          },
        },
      },
    },
    systems: { hr: { a: ann, 'group:g': { name: 'Team', members: ['a'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('a')}`] } } } },
      remove('dir', 0),
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Ann' }, 'group:made for hr|group:g': { member: [`made for ${hr('a')}`] } } } },
    ],
  },
  {
    says: '10: a group that left its source, or is not wanted any more, keeps its members; groups in groups are exported nested',
    config: {
      connections: {
        hr: {
          owner: true,
          import: {
            person: { join: 'employeeId', project: true, attributes: { employeeId: 'id' } },
            group: { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } },
          },
        },
        dir: {
          mode: 'on',
          import: {
            person: { join: 'employeeId', attributes: { employeeId: 'number' } },
            group: { attributes: { name: 'name' } },
          },
          export: {
            person: { provision: true, attributes: { number: 'employeeId' } },
            group: { when: ex('group.name != "shut"'), provision: true, attributes: { name: 'name', member: 'member' } },
          },
          deprovision: { action: 'none' },
        },
      },
    },
    systems: {
      hr: { a: ann, 'group:g': { name: 'G', members: ['a', 'h'] }, 'group:h': { name: 'H', members: ['h', 'a'] } },
      dir: {},
    },
    story: [
      'settle',
      {
        systems: {
          dir: {
            'group:made for hr|group:g': { member: ['made for hr|group:h', 'made for hr|person:a'] },
            'group:made for hr|group:h': { member: ['made for hr|group:h', 'made for hr|person:a'] },
          },
        },
      },
      { do: 'delete', connection: 'hr', which: 1, kind: 'group' },
      'settle',
      {
        systems: { dir: { 'group:made for hr|group:h': { member: ['made for hr|group:h', 'made for hr|person:a'] } } },
        parked: [],
      },
      { do: 'put', connection: 'hr', object: { kind: 'group', anchor: 'g', attributes: { name: 'shut', members: [] } } },
      'settle',
      {
        systems: { dir: { 'group:made for hr|group:g': { name: 'G', member: ['made for hr|group:h', 'made for hr|person:a'] } } },
      },
    ],
  },
  {
    says: '10: a member whose account was deleted is a member no more, in the same cycle',
    config: {
      connections: {
        hr: {
          owner: true,
          import: {
            person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', department: 'dep' } },
            group: { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } },
          },
        },
        dir: {
          mode: 'on',
          import: {
            person: { join: 'employeeId', attributes: { employeeId: 'number' } },
            group: { join: 'name', attributes: { name: 'name' } },
          },
          export: {
            person: {
              when: ex('person.active && person.department == "Sales"'),
              provision: true,
              attributes: { number: 'employeeId' },
            },
            group: { provision: true, attributes: { name: 'name', member: 'member' } },
          },
          deprovision: { action: 'delete' },
        },
      },
    },
    systems: { hr: { a: { id: '1', dep: 'Sales' }, 'group:g': { name: 'Team', members: ['a'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('a')}`] } } } },
      edit('hr', 0, { dep: null }),
      'settle',
      { systems: { dir: { [madeFor('a')]: undefined, 'group:made for hr|group:g': { member: undefined } } } },
    ],
  },
  // ── 12 ──
  {
    says: '12: made once and kept, unique over people and staged targets, decided by (rank, anchor); a rename keeps it',
    config: {
      attributes: {
        person: {
          login: {
            unique: {
              candidates: [ex('person.displayName.lower()'), ex('person.displayName.lower() + string(n)')],
              uniqueIn: ['dir.uid'],
            },
          },
        },
      },
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login', cn: 'displayName' }) },
    },
    systems: {
      hr: { b: { id: '2', name: 'ANN' }, a: { id: '1', name: 'Ann' }, c: { id: '3', name: 'Bo' } },
      dir: { x: { uid: 'BO' } },
    },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { uid: 'ann' }, [madeFor('b')]: { uid: 'ann2' }, [madeFor('c')]: { uid: 'bo2' } } } },
      edit('hr', 0, { name: 'Zoe' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { uid: 'ann', cn: 'Zoe' } } } },
    ],
  },
  {
    says: "12: an adopted account's value is taken over",
    config: {
      attributes: {
        person: {
          login: {
            unique: {
              candidates: [ex('person.displayName.lower()'), ex('person.displayName.lower() + string(n)')],
              uniqueIn: ['dir.uid'],
            },
          },
        },
      },
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login', cn: 'displayName' }) },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' } }, dir: { x: { number: '1', uid: 'oldann' } } },
    story: [
      'settle',
      {
        objects: { [hr('a')]: { attributes: { login: 'oldann' } } },
        systems: { dir: { 'person:x': { uid: 'oldann', cn: 'Ann' } } },
      },
    ],
  },
  {
    says: "12: an adopted account's value that another person has is parked, and the account keeps it",
    config: {
      attributes: { person: { login: { unique: { candidates: [ex('person.displayName.lower()')], uniqueIn: ['dir.uid'] } } } },
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login', cn: 'displayName' }) },
    },
    systems: {
      hr: { a: { id: '1', name: 'Ann' }, b: { id: '2', name: 'Bo' } },
      dir: { x: { number: '1', uid: 'same' }, y: { number: '2', uid: 'SAME' } },
    },
    story: [
      'settle',
      {
        objects: { [hr('a')]: { attributes: { login: 'same' } }, [hr('b')]: { attributes: { login: undefined } } },
        systems: { dir: { 'person:y': { uid: 'SAME', cn: 'Bo' } } },
        parked: [`uniqueTaken - ${hr('b')}`],
      },
    ],
  },
];
