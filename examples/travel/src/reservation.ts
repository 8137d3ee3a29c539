/** What the agency deals with. */

/** What one customer wants. */
export interface Trip {
  /** The reservation's own name. */
  readonly id: string;
  readonly customer: string;
  readonly hotel: string;
  readonly flight: string;
  /** In cents. */
  readonly price: number;
}

/** Rooms of a hotel, or seats of a flight: how many there are, how many are left, and who has the others. */
export interface Stock {
  readonly capacity: number;
  readonly left: number;
  readonly sold: readonly string[];
}

/** What is kept of a booked trip. `copies`: how often it was stored. */
export interface Order extends Trip {
  readonly charge: string;
  readonly copies: number;
}

/** How a reservation ended. */
export type Reservation =
  | { readonly status: 'booked'; readonly charge: string }
  | { readonly status: 'sold out'; readonly what: string };
