import { MessageChannel, type MessagePort, parentPort } from 'node:worker_threads';
import { expose, type Remote, wrap } from 'comlink';
import type { SystemFigures } from '../../actor/index.js';
import { assertDefined } from '../../base/index.js';
import type { ThreadNotice } from './control.js';

/** What main shows of the whole system to an actor that asks: the one call that goes from an actor to main. */
export interface SystemView {
  figures(): Promise<SystemFigures>;
}

/** Main's side. The port ends with the thread that sent it. */
export function showSystem(view: SystemView, port: MessagePort): void {
  expose(view, port);
}

let view: Remote<SystemView> | undefined;

/** In an actor's thread: what there is to see of all actors. Bounded by main, which lives as long as any thread. */
export function systemFigures(): Promise<SystemFigures> {
  view ??= openView();
  return view.figures();
}

function openView(): Remote<SystemView> {
  const { port1, port2 } = new MessageChannel();
  const notice: ThreadNotice = { type: 'view', port: port2 };
  assertDefined(parentPort, 'the parent port').postMessage(notice, [port2]);
  return wrap<SystemView>(port1);
}
