/**
 * HMAC-SHA256 signatures, with WebCrypto. What is signed begins with its purpose, so that no signature of one kind passes
 * for one of another; several secrets are accepted at once, so that they can be exchanged without a gap.
 */

/** One secret, or several during an exchange: the first signs, all verify. At least 16 characters each. */
export type Secret = string | readonly string[];

/** The header of a message's signature: `t=<ms since the epoch>,v1=<hex>`. */
export const SIGNATURE_HEADER = 'Flowstate-Signature';
/** How far a message's time may be from the receiver's clock, in ms. */
export const SIGNATURE_WINDOW_MS = 5 * 60_000;
/** The same of a message that waits in a queue of tasks: it may arrive so long after it was signed. */
export const TASK_WINDOW_MS = 31 * 24 * 3_600_000;

const SECRET_LENGTH_MIN = 16;
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
const encoder = new TextEncoder();

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Signs and verifies with the secrets it was made of. */
export interface Signer {
  /** The signature as hexadecimal digits. */
  sign(data: Uint8Array): Promise<string>;
  /** Whether one of the secrets made it; the comparison takes the same time whatever the answer. */
  verify(signature: string, data: Uint8Array): Promise<boolean>;
}

/** The secrets of an option. @throws TypeError where one is missing or too short. */
export function secretsOf(what: string, secret: Secret): readonly [string, ...string[]] {
  const [first, ...others] = typeof secret === 'string' ? [secret] : (secret ?? []);
  for (const each of [first, ...others]) {
    if (typeof each !== 'string' || each.length < SECRET_LENGTH_MIN) {
      throw new TypeError(`${what}: give a secret of at least ${SECRET_LENGTH_MIN} characters`);
    }
  }
  return [first as string, ...others];
}

/** A signer for those secrets. @throws TypeError where one is missing or too short. */
export function signerOf(what: string, secret: Secret): Signer {
  const secrets = secretsOf(what, secret);
  let imported: Promise<Key[]> | undefined;
  const keys = (): Promise<Key[]> => (imported ??= Promise.all(secrets.map(keyOf)));
  return {
    async sign(data) {
      const [first] = await keys();
      return hexOf(new Uint8Array(await crypto.subtle.sign(HMAC, first!, data)));
    },
    async verify(signature, data) {
      const bytes = bytesOfHex(signature);
      if (bytes === undefined) return false;
      const answers = await Promise.all(
        (await keys()).map((key) => crypto.subtle.verify(HMAC, key, bytes, data)),
      );
      return answers.includes(true);
    },
  };
}

function keyOf(secret: string): Promise<Key> {
  return crypto.subtle.importKey('raw', encoder.encode(secret), HMAC, false, ['sign', 'verify']);
}

/** Whether a text is one of the secrets, in a time that does not tell how much of it is right. */
export async function isSecret(secrets: readonly string[], text: string): Promise<boolean> {
  if (text === '') return false;
  const claim = encoder.encode('bearer');
  const given = await keyOf(text);
  const same = async (secret: string): Promise<boolean> => {
    return crypto.subtle.verify(
      HMAC,
      given,
      await crypto.subtle.sign(HMAC, await keyOf(secret), claim),
      claim,
    );
  };
  return (await Promise.all(secrets.map(same))).includes(true);
}

/**
 * How a message is answered: `start` at once, `call` with its reply, `task` when its work has ended, and without a reply.
 * Part of what is signed.
 */
export type Manner = 'start' | 'call' | 'task';

function signedBytes(manner: Manner, time: number, body: Uint8Array): Uint8Array {
  const head = encoder.encode(`message\n${manner}\n${time}\n`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** The value of {@link SIGNATURE_HEADER} for a message. */
export async function signMessage(
  signer: Signer,
  manner: Manner,
  now: number,
  body: Uint8Array,
): Promise<string> {
  return `t=${now},v1=${await signer.sign(signedBytes(manner, now, body))}`;
}

/** The time and the digits of a signature header whose time is acceptable; undefined where it cannot be right. */
export function parseSignature(
  manner: Manner,
  header: string | null,
  now: number,
): { time: number; digits: string } | undefined {
  const [, time, digits] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (time === undefined || digits === undefined) return undefined;
  const age = now - Number(time);
  const windowMs = manner === 'task' ? TASK_WINDOW_MS : SIGNATURE_WINDOW_MS;
  return age < -SIGNATURE_WINDOW_MS || age > windowMs ? undefined : { time: Number(time), digits };
}

/** Whether a message was signed by one who knows a secret. */
export function verifyMessage(
  signer: Signer,
  manner: Manner,
  { time, digits }: { time: number; digits: string },
  body: Uint8Array,
): Promise<boolean> {
  return signer.verify(digits, signedBytes(manner, time, body));
}

/** What the address of a run's status signs: it opens this run's status and nothing else. */
export function statusClaim(functionName: string, id: string): Uint8Array {
  return encoder.encode(`status\n${JSON.stringify([functionName, id])}`);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOfHex(digits: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2})+$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
