// Functions behind an HTTP front.
import { setTimeout as wait } from 'node:timers/promises';

/** Answers the event that it was given: format 2.0 makes JSON of it. */
export const echo = async (event) => event;

/** The same in format 1.0. */
export const echoBody = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });

/** Answers what the body of the request says. */
export const respond = async ({ body, isBase64Encoded }) =>
  JSON.parse(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString());

export const fails = async () => {
  throw new Error('no page');
};

export const slow = async () => {
  await wait(300);
  return { statusCode: 200, body: 'at last' };
};
