import { describe, expect, it } from 'vitest';
import { propose, proposeAnchor } from './propose.ts';

function mapped(...columns: string[]): { [attribute: string]: string } {
  return Object.fromEntries(propose(columns).map((one) => [one.attribute, one.column]));
}

describe('proposals', () => {
  it('read English headers', () => {
    expect(
      mapped(
        'employee_id',
        'First Name',
        'LAST_NAME',
        'E-Mail',
        'Job Title',
        'Dept',
        'Manager ID',
        'Hire Date',
        'Cost Center',
        'shoe_size',
      ),
    ).toEqual({
      employeeId: 'employee_id',
      givenName: 'First Name',
      familyName: 'LAST_NAME',
      mail: 'E-Mail',
      title: 'Job Title',
      department: 'Dept',
      manager: 'Manager ID',
      startDate: 'Hire Date',
      costCentre: 'Cost Center',
    });
  });

  it('read German headers, with umlauts or without', () => {
    const expected = {
      givenName: 'Vorname',
      familyName: 'Nachname',
      department: 'Abteilung',
      costCentre: 'Kostenstelle',
      startDate: 'Eintrittsdatum',
    };
    expect(
      mapped(
        'Pers.-Nr.',
        'Vorname',
        'Nachname',
        'Abteilung',
        'Büro',
        'Kostenstelle',
        'Eintrittsdatum',
        'Austritt',
        'Führungskraft',
        'Straße',
      ),
    ).toEqual({
      ...expected,
      employeeId: 'Pers.-Nr.',
      office: 'Büro',
      endDate: 'Austritt',
      manager: 'Führungskraft',
      street: 'Straße',
    });
    expect(mapped('Buero', 'Fuehrungskraft', 'STRASSE')).toEqual({
      office: 'Buero',
      manager: 'Fuehrungskraft',
      street: 'STRASSE',
    });
  });

  it('read French headers, with accents or without', () => {
    expect(
      mapped(
        'Matricule',
        'Prénom',
        'Nom',
        'Courriel',
        'Service',
        'Intitulé du poste',
        'Supérieur hiérarchique',
        "Date d'embauche",
        'Téléphone portable',
      ),
    ).toEqual({
      employeeId: 'Matricule',
      givenName: 'Prénom',
      familyName: 'Nom',
      mail: 'Courriel',
      department: 'Service',
      title: 'Intitulé du poste',
      manager: 'Supérieur hiérarchique',
      startDate: "Date d'embauche",
      mobile: 'Téléphone portable',
    });
    expect(mapped('PRENOM', 'NOM DE FAMILLE')).toEqual({ givenName: 'PRENOM', familyName: 'NOM DE FAMILLE' });
  });

  it('read directory attributes and other scripts', () => {
    expect(mapped('uid', 'sn', 'givenName', 'cn', 'mail', 'telephoneNumber', 'employeeNumber', 'jpegPhoto')).toMatchObject({
      login: 'uid',
      familyName: 'sn',
      displayName: 'cn',
      phone: 'telephoneNumber',
      employeeId: 'employeeNumber',
      photo: 'jpegPhoto',
    });
    expect(
      mapped('userName', 'name.familyName', 'emails.home', 'emails.work', 'addresses.work.locality', 'enterprise.manager'),
    ).toEqual({
      login: 'userName',
      familyName: 'name.familyName',
      mail: 'emails.work',
      city: 'addresses.work.locality',
      manager: 'enterprise.manager',
    });
    expect(mapped('社員番号', '氏名', '部署', '役職')).toEqual({
      employeeId: '社員番号',
      displayName: '氏名',
      department: '部署',
      title: '役職',
    });
  });

  it('see through what people put around a name', () => {
    expect(mapped('hr_first_name', 'Last Name (legal)', 'emp.email')).toEqual({
      givenName: 'hr_first_name',
      familyName: 'Last Name (legal)',
      mail: 'emp.email',
    });
  });

  it('use each attribute and each column once, the better name first', () => {
    const found = propose(['mail', 'E-Mail', 'email address', 'name', 'nom']);
    expect(new Set(found.map((one) => one.attribute)).size).toBe(found.length);
    expect(found.find((one) => one.attribute === 'mail')?.column).toBe('mail');
  });

  it('take what most people have rather than what a few have, and the login of a domain rather than an id beside it', () => {
    const rare = propose(['employeeID', 'employeeNumber'], new Set(['employeeID']));
    expect(rare).toEqual([{ attribute: 'employeeId', column: 'employeeNumber' }]);
    expect(propose(['employeeID'], new Set(['employeeID']))).toEqual([{ attribute: 'employeeId', column: 'employeeID' }]);
    expect(mapped('uid', 'sAMAccountName')).toEqual({ login: 'sAMAccountName' });
  });

  it('propose the anchor that is least likely to change', () => {
    const anchor = (...columns: string[]): string | null => proposeAnchor(columns, propose(columns));
    expect(anchor('mail', 'login', 'Personalnummer')).toBe('Personalnummer');
    expect(anchor('mail', 'objectGUID', 'login')).toBe('objectGUID');
    expect(anchor('mail', 'uid')).toBe('uid');
    expect(anchor('foo', 'bar')).toBe('foo');
    expect(anchor()).toBeNull();
  });
});
