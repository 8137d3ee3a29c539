/**
 * What the host and a worker say to each other, over the channel of a child process: the messages of the platform's own
 * protocol between them, as far as functions see of it.
 */

/** A value on its way in or out: one of these is there. */
export interface TypedData {
  /** The library parses it where it is JSON. */
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly collectionString?: { readonly string: readonly string[] };
  readonly http?: RpcHttp;
}

/** Text that may be there. */
export interface NullableText {
  readonly value?: string;
}

/** A request or an answer. */
export interface RpcHttp {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: TypedData | null;
  readonly nullableHeaders?: Readonly<Record<string, NullableText>>;
  readonly nullableParams?: Readonly<Record<string, NullableText>>;
  readonly nullableQuery?: Readonly<Record<string, NullableText>>;
  readonly statusCode?: string;
  readonly cookies?: readonly RpcCookie[];
}

/** A cookie of an answer. */
export interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: NullableText;
  readonly path?: NullableText;
  readonly expires?: { readonly value?: { readonly seconds?: number } };
  readonly secure?: { readonly value?: boolean };
  readonly httpOnly?: { readonly value?: boolean };
  readonly sameSite?: string;
  readonly maxAge?: { readonly value?: number };
}

/** A trigger, an input or an output, with all that was said about it. */
export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly [option: string]: unknown;
}

/** How often a failed execution is repeated, where the trigger has such a thing. */
export interface RetryOptions {
  readonly retryStrategy: 'fixedDelay' | 'exponentialBackoff';
  /** -1: for ever. */
  readonly maxRetryCount: number;
  readonly delayInterval?: { readonly seconds?: number };
  readonly minimumInterval?: { readonly seconds?: number };
  readonly maximumInterval?: { readonly seconds?: number };
}

/** A function that a worker has registered. */
export interface FunctionMetadata {
  readonly functionId: string;
  readonly name: string;
  /** By their names; `$return` is the output that the function's value goes to. */
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions;
}

/** Which repetition of a failed execution it is. */
export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message: string };
}

/** What a function is invoked with. */
export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly retryContext?: RetryContext;
}

/** What came of it. */
export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data?: TypedData | null }[];
}

/** What a worker says. */
export type WorkerMessage =
  | { readonly kind: 'loaded'; readonly functions: readonly FunctionMetadata[] }
  | { readonly kind: 'done'; readonly invocationId: string; readonly response: InvocationResponse }
  | { readonly kind: 'failed'; readonly invocationId: string; readonly message: string };
