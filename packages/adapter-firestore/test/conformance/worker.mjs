/** The functions of the conformance suite on Cloud Functions and Firestore: one handler each, and the collector. Made to be killed. */

import { firestore } from '@flowstate/adapter-firestore';
import { gcf, gcfInvoker } from '@flowstate/adapter-firestore/cloud-functions';
import { defineSuiteFunctions } from '@flowstate/conformance/platform';
import { flowstate } from '@flowstate/core';
import { Firestore } from '@google-cloud/firestore';

const { FIRESTORE_URL = '', LEASE_MS = '', SECRET = '', SERVICES = '{}', TIMEOUT_MS = '' } = process.env;
const { host, pathname } = new URL(FIRESTORE_URL);
/** @type {Readonly<Record<string, string>>} */
const services = JSON.parse(SERVICES);
const timeout = Number(TIMEOUT_MS);

/** Each function is a service of its own, under the last word of its name. */
const serviceName = (/** @type {string} */ target) => target.split('.').at(-1) ?? target;

const flow = flowstate({
  name: 'conformance',
  store: firestore({
    db: new Firestore({
      projectId: pathname.slice(1),
      host,
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
      credentials: { client_email: 'nobody@example.com', private_key: 'none' },
    }),
    entriesPerRow: 4,
  }),
  // An instance that stands still or dies is not waited for.
  invoker: gcfInvoker({
    url: (target) => services[serviceName(target)] ?? '',
    secret: SECRET,
    timeout: '2s',
  }),
  lease: Number(LEASE_MS),
  handOver: '500ms',
});

const handlers = Object.fromEntries(
  defineSuiteFunctions(flow, process.env).map((fn) => [
    serviceName(fn.name),
    gcf.http(fn, { secret: SECRET, wait: '2s', timeout }),
  ]),
);

export const { chain, middle, back, note, rotate, count } = handlers;
export const collector = gcf.collector(flow, { secret: SECRET, timeout });
