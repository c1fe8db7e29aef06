/** Names as people write them, each with the spelling an old directory gave them in ASCII. */
import type { Random } from './random.ts';

export interface Name {
  readonly given: string;
  /** Empty for people with one name only. */
  readonly family: string;
  readonly givenAscii: string;
  readonly familyAscii: string;
}

/** `native:ascii`, or just the name where dropping its accents is enough. */
type Pool = { readonly weight: number; readonly given: string; readonly family: string };

const POOLS: readonly Pool[] = [
  {
    weight: 26,
    given:
      'Anna Jürgen Zoë Søren:Soeren Łukasz:Lukasz Małgorzata:Malgorzata José Inês Françoise Björn Øystein:Oystein Ástríður:Astridur Þórdís:Thordis Gülşah Işıl:Isil Şükrü Ngọc:Ngoc Đức:Duc Siân Maëlle Chloé Niamh Ondřej Živa Ágnes Grace Kofi Aroha',
    family:
      'Müller:Mueller Weiß:Weiss O’Brien:OBrien García-Márquez:Garcia-Marquez Ørsted:Orsted Çelik Yılmaz:Yilmaz Nguyễn:Nguyen Þorvaldsdóttir:Thorvaldsdottir Kowalczyk Wiśniewska:Wisniewska Dvořák Šimić Lefèvre D’Angelo:DAngelo Smith Fernández Åkesson:Akesson van_den_Berg:vandenBerg Nagy Bãcilã:Bacila Owusu Taylor Meyer-Lansky Sæther:Saether',
  },
  {
    weight: 5,
    given: 'Анна:Anna Сергій:Serhii Ольга:Olga Юрий:Yuri Снежана:Snezhana Дмитрий:Dmitri',
    family: 'Иванова:Ivanova Шевченко:Shevchenko Щербаков:Shcherbakov Ђорђевић:Djordjevic Петков:Petkov Қасымова:Kassymova',
  },
  {
    weight: 3,
    given: 'Ελένη:Eleni Γιώργος:Giorgos Ευάγγελος:Evangelos Χρύσα:Chrysa',
    family: 'Παπαδοπούλου:Papadopoulou Ψαρράς:Psarras Οικονόμου:Oikonomou Θεοδώρου:Theodorou',
  },
  {
    weight: 3,
    given: 'محمد:Mohammed ليلى:Layla عبد_الرحمن:Abdulrahman نور:Noor',
    family: 'الحداد:Alhaddad بن_علي:Benali القحطاني:Alqahtani زيدان:Zidane',
  },
  { weight: 2, given: 'שרה:Sarah יוסף:Yosef נועם:Noam', family: 'כהן:Cohen לוי:Levi בן־דוד:Bendavid' },
  { weight: 3, given: 'प्रिया:Priya अर्जुन:Arjun लक्ष्मी:Lakshmi', family: 'शर्मा:Sharma पटेल:Patel श्रीनिवासन:Srinivasan' },
  {
    weight: 4,
    given: '伟:Wei 秀英:Xiuying 子涵:Zihan 太郎:Taro 美咲:Misaki',
    family: '王:Wang 欧阳:Ouyang 李:Li 山田:Yamada 𠮷田:Yoshida',
  },
  { weight: 2, given: '민준:Minjun 서연:Seoyeon 하은:Haeun', family: '김:Kim 남궁:Namgung 이:Lee' },
  { weight: 2, given: 'สมชาย:Somchai กนกวรรณ:Kanokwan ณัฐ:Nat', family: 'ศรีสุข:Srisuk วงศ์ไทย:Wongthai จันทร์เพ็ญ:Chanpen' },
];
const MONONYMS = 'Suharto ธงชัย:Thongchai Þorgerður:Thorgerdur नीलम:Neelam Björk'.split(' ');

const WEIGHTED: readonly Pool[] = POOLS.flatMap((pool) => Array.from({ length: pool.weight }, () => pool));

function spelled(entry: string): readonly [native: string, ascii: string] {
  const [native, ascii] = entry.split(':');
  const name = native!.replaceAll('_', ' ');
  return [name, ascii ?? name.normalize('NFD').replace(/\p{M}/gu, '')];
}

export function makeName(chance: Random): Name {
  const pool = chance.pick(WEIGHTED);
  const [given, givenAscii] = spelled(chance.pick(pool.given.split(' ')));
  const [family, familyAscii] = spelled(chance.pick(pool.family.split(' ')));
  return { given, family, givenAscii, familyAscii };
}

export function makeMononym(chance: Random): Name {
  const [given, givenAscii] = spelled(chance.pick(MONONYMS));
  return { given, family: '', givenAscii, familyAscii: '' };
}
