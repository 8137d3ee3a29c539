/** Launches as tasks of Cloud Tasks, which delivers them until they were carried out. */
import { FlowstateError, type Launch } from '@flowstate/core/adapter';
import { inTime } from '@flowstate/core/delivery';
import { type Signer, signedHeaders } from '@flowstate/core/http';

/** A `CloudTasksClient` of @google-cloud/tasks, as far as it is used. */
export interface TasksClient {
  createTask(request: CreateTask, options?: { timeout?: number }): Promise<unknown>;
}

/** What is asked of the client. */
export interface CreateTask {
  parent: string;
  task: {
    httpRequest: {
      url: string;
      httpMethod: 'POST';
      headers: Record<string, string>;
      /** In base64. */
      body: string;
      oidcToken?: { serviceAccountEmail: string; audience: string };
    };
    dispatchDeadline: { seconds: number };
  };
}

/** The queue of launches. */
export interface TaskOptions {
  /** Your own client, configured and closed by you. */
  readonly client: TasksClient;
  /** `projects/<project>/locations/<location>/queues/<name>`. */
  readonly queue: string;
  /** Whose identity tokens the tasks are sent with, where their services demand roles/run.invoker. */
  readonly serviceAccountEmail?: string;
}

/** Where a task goes. */
export interface TaskAddress {
  readonly url: string;
  readonly audience: string;
}

const QUEUE = /^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+$/;
/** As long as Cloud Tasks ever waits for an answer, in s: the service's own timeout is shorter. */
const DISPATCH_SECONDS = 30 * 60;

/** By the code of gRPC; `%` stands for the queue. */
const ADVICE: Readonly<Record<number, string>> = {
  5: 'there is no queue %: create it, or check project and location',
  7: 'the account may not: it needs roles/cloudtasks.enqueuer on %, and roles/iam.serviceAccountUser on the service account of the tasks',
  8: 'the quota of Cloud Tasks is used up',
  9: 'the queue % is not running',
  16: 'the credentials of the client are not accepted',
};

/** What a client with `fallback: true` throws instead: statuses of HTTP. */
const CODES_OF_STATUSES: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 429: 8 };

/** Creates the task of a launch. @throws FlowstateError RUN_INFRASTRUCTURE where it is not known to be there by then */
export type CreateLaunch = (address: TaskAddress, launch: Launch, by: number) => Promise<void>;

/** Makes tasks of launches. @throws TypeError for options that cannot be */
export function launching({ client, queue, serviceAccountEmail }: TaskOptions, signer: Signer): CreateLaunch {
  if (typeof client?.createTask !== 'function') throw new TypeError('gcfInvoker: give tasks: { client }');
  if (typeof queue !== 'string' || !QUEUE.test(queue))
    throw new TypeError(
      "gcfInvoker: tasks.queue is its whole name, 'projects/<project>/locations/<location>/queues/<name>'",
    );
  if (serviceAccountEmail !== undefined && !serviceAccountEmail)
    throw new TypeError(
      'gcfInvoker: tasks.serviceAccountEmail is empty: give the address of a service account, or leave it out where the services demand no identity',
    );
  return async ({ url, audience }, launch, by) => {
    const body = new TextEncoder().encode(JSON.stringify(launch));
    const task = {
      httpRequest: {
        url,
        httpMethod: 'POST' as const,
        headers: { ...(await signedHeaders(signer, 'task', body)) },
        body: Buffer.from(body).toString('base64'),
        ...(serviceAccountEmail === undefined ? {} : { oidcToken: { serviceAccountEmail, audience } }),
      },
      dispatchDeadline: { seconds: DISPATCH_SECONDS },
    };
    try {
      await inTime(client.createTask({ parent: queue, task }), by);
    } catch (cause) {
      const message = `no task for "${launch.function}" could be created: ${reasonOf(queue, cause)}`;
      throw new FlowstateError('RUN_INFRASTRUCTURE', message, { cause });
    }
  };
}

function reasonOf(queue: string, cause: unknown): string {
  if (!(cause instanceof Error)) return 'an unknown reason';
  const code = 'code' in cause && typeof cause.code === 'number' ? cause.code : -1;
  return ADVICE[CODES_OF_STATUSES[code] ?? code]?.replace('%', queue) ?? cause.message;
}
