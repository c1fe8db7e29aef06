/**
 * One connection to one server: requests out, answers to whoever asked. It waits for nothing but the network, tries nothing twice, and when
 * it breaks, whoever waits is told so. Session.ts makes the next one.
 */
import type { Socket } from 'node:net';
import { RollcallError } from '#core/errors';
import type { Control } from '#protocols/ldap/controls';
import { FrameReader } from '#protocols/ldap/frames';
import { abandon, message, unbind } from '#protocols/ldap/requests';
import {
  DONE,
  ENTRY,
  INTERMEDIATE,
  type LdapResult,
  REFERENCE,
  type Response,
  readIntermediate,
  readReference,
  readResponse,
  readResult,
} from '#protocols/ldap/responses';
import type { Timeouts } from './connect.ts';

/** What comes back for one search, in the order in which it comes. */
export interface SearchEvents {
  entry(response: Response): void;
  reference?(urls: readonly string[]): void;
  intermediate?(info: { readonly name: string; readonly value: Buffer }): void;
}

interface Waiting {
  readonly events: SearchEvents | null;
  /** Whoever takes its answers says when there is room for more. Patient: it may be silent as long as it likes. */
  readonly stream: { readonly patient: boolean } | null;
  done(result: LdapResult): void;
  failed(error: RollcallError): void;
}

/** The connection broke after a change had gone out, or a part of it was done: how much of it there is, is not known. */
export class Unanswered extends RollcallError {
  constructor(message: string, remedy: string) {
    super('unavailable', message, { remedy });
    this.name = 'Unanswered';
  }
}

/** What any fault means after all of a change was done: it is no refusal. */
export function wasDone(error: RollcallError): Unanswered {
  if (error instanceof Unanswered) return error;
  return new Unanswered(`it was written, but ${error.message}`, error.remedy ?? 'what there is now is looked at first');
}

/** What a fault means after a part of a change was done. */
export function halfDone(error: RollcallError): RollcallError {
  if (error.kind !== 'unavailable' || error instanceof Unanswered) return error;
  return new Unanswered(error.message, error.remedy ?? 'what there is now is looked at first');
}

export interface Search {
  readonly result: Promise<LdapResult>;
  /** Nobody wants the rest of it. */
  abandon(): void;
}

export class LdapClient {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #timeouts: Timeouts;
  readonly #frames: FrameReader;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;
  #heard = performance.now();
  #watch: NodeJS.Timeout | undefined;
  #broken: RollcallError | null = null;
  #paused = 0;

  /** The socket is this one's from now on. `name`: of the server, for errors. */
  constructor(socket: Socket, name: string, timeouts: Timeouts, maxMessageBytes: number) {
    this.#socket = socket;
    this.#name = name;
    this.#timeouts = timeouts;
    this.#frames = new FrameReader(maxMessageBytes);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#break(`the connection to ${name} broke: ${error.message}`));
    socket.on('close', () => this.#break(`${name} closed the connection`));
  }

  get isOpen(): boolean {
    return this.#broken === null;
  }

  /** Every operation but a search. @throws Unanswered where it may have been done */
  request(operation: Uint8Array, controls: readonly Control[] = []): Promise<LdapResult> {
    return this.#send(operation, controls, null, null).result;
  }

  /** `stream`: one that pauses; `patient`, without an end, in which silence is no fault. */
  search(
    operation: Uint8Array,
    controls: readonly Control[],
    events: SearchEvents,
    stream: { readonly patient: boolean } | null = null,
  ): Search {
    return this.#send(operation, controls, events, stream);
  }

  /** No more is read from the network until each `pause` had its `resume`, unless somebody else waits: his answer stands behind the rest. */
  pause(): void {
    this.#paused++;
    this.#flow();
  }

  resume(): void {
    this.#paused--;
    this.#flow();
  }

  #flow(): void {
    const waits = this.#paused > 0 && [...this.#waiting.values()].every(({ stream }) => stream !== null);
    if (waits === this.#socket.isPaused()) return;
    this.#heard = performance.now();
    if (waits) this.#socket.pause();
    else this.#socket.resume();
  }

  /** What is under way is not waited for. */
  async close(): Promise<void> {
    if (this.#broken === null && this.#socket.writable) this.#socket.end(message(++this.#ids, unbind()));
    this.#break('the connection was closed here');
  }

  #send(operation: Uint8Array, controls: readonly Control[], events: SearchEvents | null, stream: Waiting['stream']): Search {
    if (this.#broken !== null) {
      const result = Promise.reject<LdapResult>(this.#broken);
      return { result, abandon: () => undefined };
    }
    const id = ++this.#ids;
    // Silence counts from when somebody waits who may not wait for ever.
    if (this.#isPatient()) this.#heard = performance.now();
    const result = new Promise<LdapResult>((done, failed) => this.#waiting.set(id, { events, stream, done, failed }));
    this.#flow();
    this.#socket.write(message(id, operation, controls));
    this.#watch ??= setInterval(() => this.#look(), Math.max(50, this.#timeouts.answerMs / 10)).unref();
    return {
      result,
      abandon: () => {
        if (!this.#waiting.delete(id) || this.#broken !== null) return;
        this.#socket.write(message(++this.#ids, abandon(id)));
      },
    };
  }

  #take(chunk: Buffer): void {
    this.#heard = performance.now();
    try {
      for (const frame of this.#frames.push(chunk)) this.#answer(readResponse(frame));
    } catch (error) {
      // Nobody else is there to catch what a strange answer leads to.
      const { message, remedy } = error as Partial<RollcallError>;
      this.#break(message ?? String(error), remedy);
    }
  }

  #answer(response: Response): void {
    // A notice of the server's own, of which the only one there is says that it disconnects (RFC 4511 4.4.1).
    if (response.id === 0) this.#break(`${this.#name} disconnects: ${readResult(response).text || 'it does not say why'}`);
    const waiting = this.#waiting.get(response.id);
    // Abandoned.
    if (waiting === undefined) return;
    if (waiting.events !== null && response.tag === ENTRY) waiting.events.entry(response);
    else if (waiting.events !== null && response.tag === REFERENCE) waiting.events.reference?.(readReference(response));
    else if (response.tag === INTERMEDIATE) waiting.events?.intermediate?.(readIntermediate(response));
    else if (waiting.events === null || response.tag === DONE) {
      // First taken apart: who waits for one that cannot be is told with all others.
      const result = readResult(response);
      this.#waiting.delete(response.id);
      this.#flow();
      waiting.done(result);
    }
  }

  /** A network that drops what is sent says nothing at all: too long a silence is an end. */
  #look(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    if (this.#socket.isPaused() || this.#isPatient()) return;
    if (performance.now() - this.#heard < this.#timeouts.answerMs) return;
    this.#break(
      `${this.#name} has not answered for ${this.#timeouts.answerMs / 1000} s`,
      'see whether the server is up and the network passes its answers; timeoutSeconds says how long to wait',
    );
  }

  /** Nobody waits, but those that may wait for ever. */
  #isPatient(): boolean {
    for (const { stream } of this.#waiting.values()) if (stream?.patient !== true) return false;
    return true;
  }

  #break(why: string, remedy = 'see that the server is up, and what it logged'): void {
    if (this.#broken !== null) return;
    this.#broken = new RollcallError('unavailable', why, { remedy });
    clearInterval(this.#watch);
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of left) one.failed(one.events === null ? new Unanswered(why, remedy) : this.#broken);
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }
}
