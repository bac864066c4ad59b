import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BareOrder, ClientOrder, Keys, Measured, SentAnswer } from './http-protocol.js';

/** A client over HTTP/2 in a thread of its own. One order after the other. */
export class HttpClientThread {
  readonly #worker: Worker;

  constructor(keys: Keys) {
    this.#worker = new Worker(new URL('./workers/http-client.js', import.meta.url), {
      workerData: keys,
    });
  }

  send(order: Extract<ClientOrder, { type: 'send' }>): Promise<SentAnswer> {
    return this.#carryOut(order);
  }

  measure(order: Exclude<ClientOrder, { type: 'send' }>): Promise<Measured> {
    return this.#carryOut(order);
  }

  async #carryOut<T>(order: ClientOrder): Promise<T> {
    this.#worker.postMessage(order);
    const [answer] = (await once(this.#worker, 'message')) as [T];
    return answer;
  }

  close(): Promise<unknown> {
    return this.#worker.terminate();
  }
}

/** A bare node:http2 server in a thread of its own. */
export class BareServer {
  readonly #worker: Worker;
  readonly url: string;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.url = `https://127.0.0.1:${String(port)}`;
  }

  static async start(keys: Keys): Promise<BareServer> {
    const worker = new Worker(new URL('./workers/http-bare.js', import.meta.url), {
      workerData: keys,
    });
    const [port] = (await once(worker, 'message')) as [number];
    return new BareServer(worker, port);
  }

  /** Its thread's processor time so far, in ms. */
  async cpuMs(order: BareOrder | 'cpu' = 'cpu'): Promise<number> {
    this.#worker.postMessage(order);
    const [cpuMs] = (await once(this.#worker, 'message')) as [number];
    return cpuMs;
  }

  async answerWith(order: BareOrder): Promise<void> {
    await this.cpuMs(order);
  }

  close(): Promise<unknown> {
    return this.#worker.terminate();
  }
}
