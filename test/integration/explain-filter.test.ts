/** What leaves somebody out is named, and what nobody reads is not said to have been forgotten. */
import { afterEach, expect, it } from 'vitest';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import: { person: { join: [employeeId], project: true, attributes: { employeeId: id, title: job } } }
  desk:
    type: csv
    path: desk.csv
    anchor: id
    import: { person: { filter: 'row.state == "in use"', join: [employeeId], attributes: { employeeId: id, phone: phone } } }
  okta:
    type: scim-push
    import: { person: { join: [mail], project: true, attributes: { mail: emails.work } } }
`;

let here: Place;
afterEach(() => here.remove());

it('explain names the filter that leaves an account out; plan says what is pushed', async () => {
  here = await place(YAML);
  await here.write('hr.csv', 'id,job\n1,Clerk\n');
  await here.write('desk.csv', 'id,phone,state\n1,100,in use\n');
  await here.run();
  const plan = await here.call('plan');
  expect([plan.code, plan.out]).toEqual([0, expect.stringContaining('okta as it was pushed')]);
  expect(plan.out).not.toContain('never read');
  await here.write('desk.csv', 'id,phone,state\n1,100,taken back\n');
  await here.run();
  const { out } = await here.call('explain', 'hr:1');
  expect(out).toContain(`says nothing: person.filter 'row.state == "in use"' leaves it out`);
});
