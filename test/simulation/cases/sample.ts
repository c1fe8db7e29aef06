/** What the cases are told with: two people, and the flows of their systems. */
export const simple = { displayName: 'name', mail: 'mail', phone: 'phone' };
export const ann = { id: '1', name: 'Ann', mail: 'ann@example.org' };
export const bo = { id: '2', name: 'Bo', mail: 'bo@example.org' };
export const dirFlows = { cn: 'displayName', mail: 'mail', phone: 'phone' };
export const enabled = { enabled: { attribute: 'enabled', on: 'yes', off: 'no' } };
export const twoWay = (flow: object | string): object => ({
  import: { person: { join: 'employeeId', attributes: { employeeId: 'number', phone: flow } } },
});
export const latest = { person: { phone: { strategy: 'latest' } } };
export const badge = { import: { person: { join: 'mail', attributes: { mail: 'mail', phone: 'tel' } } } };
export const clearing = { value: 'phone', empty: 'clears' };
