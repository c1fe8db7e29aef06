/**
 * What systems call the attributes that Rollcall knows: column names of HR exports and attribute names of directories, in
 * the languages they were met in. Compared without case, accents, spaces and punctuation; the first spelling is the likeliest.
 */
export const SYNONYMS: { readonly [attribute: string]: string } = {
  employeeId:
    'employee id, employee, employee number, employeeNumber, emp id, emp no, empno, staff id, staff number, personnel number, worker id, person id, payroll number, badge number, hr id, ' +
    'Personalnummer, Personal-Nr, Pers.-Nr., PersNr, PNr, Mitarbeiternummer, Mitarbeiter-Nr, MitarbeiterID, ' +
    'matricule, numéro employé, no employé, matricule salarié, identifiant salarié, ' +
    'número de empleado, id empleado, legajo, número de nómina, matricola, codice dipendente, numero dipendente, personeelsnummer, medewerkernummer, ' +
    'número de funcionário, matrícula, anställningsnummer, anstnr, medarbejdernummer, ansattnummer, henkilönumero, numer pracownika, osobní číslo, 社員番号, 员工编号, 工号, 사번, табельный номер, staff, id, enterprise.employeeNumber',
  login:
    'login, login name, sAMAccountName, username, user name, user id, userid, uid, account, account name, Benutzername, Benutzer, Anmeldename, Kennung, Nutzername, ' +
    'identifiant, nom d utilisateur, compte, usuario, nombre de usuario, nome utente, utente, gebruikersnaam, nome de usuário, användarnamn, brugernavn, brukernavn, ログインID, 用户名, логин',
  givenName:
    'given name, first name, forename, firstname, givenName, preferred name, first, Vorname, Rufname, prénom, prenom, nombre, nombres, primer nombre, nome, nome proprio, voornaam, roepnaam, ' +
    'nome próprio, primeiro nome, förnamn, fornavn, etunimi, imię, jméno, 名, 名前, имя, name.givenName',
  familyName:
    'family name, last name, surname, lastname, last, sn, Nachname, Familienname, Zuname, nom, nom de famille, apellido, apellidos, cognome, achternaam, apelido, sobrenome, efternamn, efternavn, ' +
    'etternavn, sukunimi, nazwisko, příjmení, 姓, фамилия, name.familyName',
  middleName:
    'middle name, second name, zweiter Vorname, deuxième prénom, segundo nombre, secondo nome, tussenvoegsel, отчество, name.middleName',
  displayName:
    'display name, full name, name, displayName, cn, common name, employee name, Anzeigename, vollständiger Name, Name Vorname, nom complet, nom affiché, nom prénom, nombre completo, ' +
    'nome completo, volledige naam, weergavenaam, naam, namn, fullständigt namn, navn, 氏名, 姓名, 表示名, фио',
  honorific: 'honorific, salutation, personalTitle, Anrede, civilité, tratamiento, aanhef, name.honorificPrefix',
  mail:
    'mail, email, e-mail, email address, work email, business email, primary email, E-Mail-Adresse, E-Mail dienstlich, Mailadresse, courriel, adresse mail, adresse électronique, adresse e-mail, ' +
    'correo, correo electrónico, posta elettronica, indirizzo email, e-mailadres, e-post, epost, sähköposti, メール, メールアドレス, 邮箱, 电子邮件, почта, эл почта, emails.work, emails.primary',
  privateMail:
    'private mail, private email, personal email, home email, E-Mail privat, private E-Mail, courriel personnel, email personnel, correo personal, email personale, privé e-mail',
  phone:
    'phone, telephone, phone number, telephoneNumber, work phone, business phone, office phone, extension, Telefon, Telefonnummer, Telefon dienstlich, Rufnummer, Durchwahl, téléphone, ' +
    'téléphone fixe, teléfono, telefono, telefoon, telefoonnummer, telefone, puhelin, 電話番号, 电话, телефон, phoneNumbers.work',
  mobile:
    'mobile, mobile phone, cell, cell phone, cellphone, mobile number, Mobiltelefon, Handy, Handynummer, Mobil, portable, téléphone portable, mobile professionnel, móvil, celular, cellulare, mobiel, telemóvel, mobilnummer, 携帯電話, 手机, phoneNumbers.mobile',
  fax: 'fax, fax number, facsimileTelephoneNumber, Telefax, Faxnummer, télécopie, 传真, phoneNumbers.fax',
  title:
    'title, job title, position, job, role, function, jobTitle, Stellenbezeichnung, Position, Funktion, Berufsbezeichnung, Tätigkeit, poste, fonction, intitulé du poste, emploi, puesto, cargo, ' +
    'ruolo, mansione, qualifica, functie, functietitel, befattning, titel, stilling, stanowisko, 役職, 职位, должность',
  department:
    'department, dept, department name, org unit, organizational unit, ou, team, unit, Abteilung, Bereich, Organisationseinheit, OE, service, département, direction, unité, departamento, área, ' +
    'reparto, dipartimento, ufficio, afdeling, avdelning, afdeling, avdeling, osasto, dział, oddělení, 部署, 部门, отдел, enterprise.department',
  departmentNumber:
    'department number, dept no, department id, department code, departmentNumber, Abteilungsnummer, Abt.-Nr., code service, código de departamento, codice reparto, afdelingscode',
  division: 'division, business unit, Geschäftsbereich, Sparte, Division, división, divisione, divisie, enterprise.division',
  company:
    'company, organization, organisation, legal entity, employer, o, Firma, Unternehmen, Gesellschaft, Arbeitgeber, Mandant, société, entreprise, employeur, empresa, compañía, azienda, società, bedrijf, företag, 会社, 公司, компания, enterprise.organization',
  costCentre:
    'cost centre, cost center, costcenter, cost center code, Kostenstelle, KST, centre de coût, centre de coûts, centro de coste, centro de costos, centro di costo, kostenplaats, kostnadsställe, enterprise.costCenter',
  office:
    'office, room, room number, roomNumber, physicalDeliveryOfficeName, Büro, Raum, Raumnummer, Zimmer, bureau, oficina, ufficio numero, kamer, kantoor',
  building: 'building, site, location, Gebäude, Standort, bâtiment, site géographique, lieu, edificio, sede, gebouw, locatie',
  street:
    'street, street address, address, streetAddress, Straße, Strasse, Anschrift, rue, adresse, calle, dirección, via, indirizzo, straat, addresses.work.streetAddress',
  city: 'city, town, l, locality, Ort, Stadt, Wohnort, Dienstort, ville, localité, ciudad, città, stad, plaats, cidade, 都市, 城市, город, addresses.work.locality',
  region: 'region, state, province, st, Bundesland, Kanton, région, provincia, regione, provincie, addresses.work.region',
  postalCode:
    'postal code, zip, zip code, postcode, postalCode, PLZ, Postleitzahl, code postal, código postal, CAP, 郵便番号, 邮编, addresses.work.postalCode',
  country:
    'country, country code, c, Land, Länderkennzeichen, pays, país, paese, nazione, 国, 国家, страна, addresses.work.country',
  manager:
    'manager, manager id, manager number, supervisor, supervisor id, line manager, reports to, boss, Vorgesetzter, Vorgesetzte, Vorgesetzten-Nr, Vorgesetzter Personalnummer, Führungskraft, Leiter, ' +
    'responsable, supérieur, supérieur hiérarchique, matricule responsable, N+1, jefe, jefe directo, responsable directo, superior, responsabile, capo, leidinggevende, chef, gestor, leder, esimies, przełożony, 上司, 经理, руководитель, enterprise.manager',
  startDate:
    'start date, hire date, date of hire, entry date, joined, employment start, starts, start, Eintrittsdatum, Eintritt, Beginn, Einstellungsdatum, date d entrée, date d embauche, date de début, fecha de alta, ' +
    'fecha de ingreso, fecha de inicio, data di assunzione, data inizio, indiensttreding, datum in dienst, startdatum, data de admissão, anställningsdatum, 入社日, 入职日期, дата приема',
  endDate:
    'end date, termination date, leave date, exit date, last day, contract end, ends, end, Austrittsdatum, Austritt, Ende, Vertragsende, date de sortie, date de départ, date de fin, fin de contrat, fecha de baja, ' +
    'fecha de fin, fecha de salida, data di cessazione, data fine, datum uit dienst, uitdiensttreding, einddatum, data de saída, slutdatum, 退職日, 离职日期, дата увольнения',
  birthDate:
    'birth date, date of birth, dob, birthday, Geburtsdatum, geboren, date de naissance, fecha de nacimiento, data di nascita, geboortedatum, data de nascimento, födelsedatum, 生年月日, дата рождения',
  nationalId:
    'national id, social security number, ssn, Sozialversicherungsnummer, SV-Nummer, AHV-Nummer, numéro de sécurité sociale, DNI, NIE, codice fiscale, BSN, personnummer, CPF',
  employeeType:
    'employee type, employment type, contract type, worker type, employeeType, category, Mitarbeitertyp, Beschäftigungsart, Vertragsart, Mitarbeitergruppe, type de contrat, tipo de contrato, tipo contratto, contracttype',
  status:
    'status, employment status, state of employment, active, Status, Beschäftigungsstatus, aktiv, statut, actif, estado, activo, stato, attivo, actief, 状態, 状态, статус',
  language: 'language, preferred language, preferredLanguage, locale, Sprache, langue, idioma, lingua, taal, språk, 言語, 语言',
  photo: 'photo, jpegPhoto, thumbnailPhoto, picture, Foto, Bild, photographie, foto',
  description:
    'description, note, notes, comment, remarks, Beschreibung, Bemerkung, Kommentar, remarque, descripción, descrizione, omschrijving, opmerking',
};
