/** One item that is being written: what was sent for it, and whether something of it may be done by now. */
import type { ReadObject, WriteItem } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { VALUE } from '#protocols/scim/image';
import { type Answer, Unanswered } from './answer.ts';
import type { Request } from './client.ts';
import { part } from './edited.ts';
import { namedIn, refusal } from './faults.ts';
import { MEMBERS, objectOf } from './objects.ts';
import { pathFor } from './paths.ts';
import { type Able, answerFor, type Place, pathOf, placeOfKind, type Service } from './service.ts';

export class Writing {
  readonly service: Service;
  readonly able: Able;
  readonly item: WriteItem;
  readonly place: Place;
  /** Something was answered as done, or not answered. */
  mayBeDone = false;
  /** The server fails at this item, which says nothing of the next one. */
  isItsOwn = false;

  /** @throws RollcallError for a kind that there is not */
  constructor(service: Service, able: Able, item: WriteItem) {
    const place = placeOfKind(service, item.kind);
    if (place === undefined)
      throw new RollcallError('invalidValue', `there is no kind ${item.kind} here`, { remedy: 'name it under `kinds`' });
    this.service = service;
    this.able = able;
    this.item = item;
    this.place = place;
  }

  get path(): string {
    return pathOf(this.place, this.item.anchor ?? '');
  }

  /** A request that changes something. */
  async send(request: Request): Promise<Answer> {
    try {
      const answer = await this.service.send(request);
      const { status, headers } = answer;
      // Of 408 nobody says how much of it came through.
      const fails = (status >= 500 && status !== 501) || status === 408;
      if (status < 300 || fails) this.mayBeDone = true;
      this.isItsOwn = fails && headers['retry-after'] === undefined;
      return answer;
    } catch (error) {
      if (error instanceof Unanswered) this.mayBeDone = true;
      throw error;
    }
  }

  /** The resource as it is now. @throws RollcallError notFound */
  async now(): Promise<Answer> {
    const answer = await answerFor(this.service, this.place, this.item.anchor ?? '');
    if (answer === null) throw this.notThere();
    return answer;
  }

  /** What an answer shows, or a look where it shows nothing. */
  async shown(answer: Answer | null): Promise<ReadObject> {
    const { place, service, item } = this;
    const body = answer?.body ?? null;
    const isWhole =
      body !== null && body['id'] === item.anchor && (place.type.name !== 'Group' || part(body, MEMBERS) !== undefined);
    return objectOf(service, place, isWhole ? body : (await this.now()).body!);
  }

  refusal(what: string, answer: Answer): RollcallError {
    const { anchor } = this.item;
    if (answer.status === 404 && anchor !== null) return this.notThere();
    const attribute = namedIn(answer, this.#names());
    const where = { ...(anchor === null ? {} : { object: anchor }), ...(attribute === undefined ? {} : { attribute }) };
    return refusal(`${this.#name} ${what}`, answer, where, this.#sent);
  }

  notThere(): RollcallError {
    const { kind, anchor } = this.item;
    return new RollcallError('notFound', `there is no ${kind} ${anchor}`, { where: { object: anchor ?? '' } });
  }

  /** What the server may call each attribute that is written. */
  #names(): { attribute: string; names: string[] }[] {
    const { set, add, remove } = this.item;
    return Object.keys({ ...set, ...add, ...remove }).map((attribute) => {
      const { field, kind, sub } = pathFor(this.place.type, attribute);
      const own = kind === null && sub !== null && sub.name !== VALUE ? sub.name : field.attribute.name;
      return { attribute, names: [attribute, own, `${field.attribute.name}.${sub?.name}`] };
    });
  }

  get #name(): string {
    return this.item.anchor === null ? `the ${this.item.kind}` : `${this.item.kind} ${this.item.anchor}`;
  }

  /** Texts that a refusal may repeat. */
  get #sent(): readonly string[] {
    const { set, add = {} } = this.item;
    return [set, add]
      .flatMap((values) => Object.values(values))
      .flat()
      .filter((one) => typeof one === 'string');
  }
}
