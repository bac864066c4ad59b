/**
 * What an actor understands. The names are operations; `tells` get no answer, `asks` get one, `streams` get many.
 *
 * ```ts
 * interface CounterProtocol {
 *   tells: { increment: { by: number } };
 *   asks: { read: { request: { at: string }; reply: number } };
 *   streams: { changes: { request: { from: number }; item: number } };
 * }
 * ```
 */
export interface Protocol {
  tells: object;
  asks: object;
  streams: object;
}

export type TellName<P extends Protocol> = keyof P['tells'] & string;
export type TellMessage<P extends Protocol, N extends TellName<P>> = P['tells'][N];

export type AskName<P extends Protocol> = keyof P['asks'] & string;
export type AskRequest<P extends Protocol, N extends AskName<P>> = P['asks'][N] extends {
  request: infer Request;
}
  ? Request
  : never;
export type AskReply<P extends Protocol, N extends AskName<P>> = P['asks'][N] extends {
  reply: infer Reply;
}
  ? Reply
  : never;

export type StreamName<P extends Protocol> = keyof P['streams'] & string;
export type StreamRequest<P extends Protocol, N extends StreamName<P>> = P['streams'][N] extends {
  request: infer Request;
}
  ? Request
  : never;
export type StreamItem<P extends Protocol, N extends StreamName<P>> = P['streams'][N] extends {
  item: infer Item;
}
  ? Item
  : never;
