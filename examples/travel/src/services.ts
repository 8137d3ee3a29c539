/** The agency's view of the outside: a payment provider and a mail service, reached by HTTP. */
import * as v from 'valibot';
import type { Trip } from './reservation.js';

/** Effects outside. Each honours its idempotency key, as Stripe does: the same key is the same charge. */
export interface Services {
  /** Charges the customer; resolves to the charge's own name. */
  charge(trip: Trip, idempotencyKey: string): Promise<string>;
  /** Sends the confirmation. */
  mail(trip: Trip, idempotencyKey: string): Promise<void>;
}

const made = v.object({ id: v.string() });

/** The services of the provider at that address. `worker` is told with each request, for the story only. */
export function services(providerUrl: string, worker: string): Services {
  async function post(path: string, idempotencyKey: string, body: object): Promise<string> {
    const response = await fetch(`${providerUrl}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey, 'x-worker': worker },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return v.parse(made, await response.json()).id;
  }
  return {
    charge: ({ id, customer, price }, key) =>
      post('charges', key, { reservation: id, customer, amount: price }),
    mail: async ({ id, customer }, key) => {
      await post('mails', key, { reservation: id, to: customer, text: `Your reservation ${id} is booked.` });
    },
  };
}
