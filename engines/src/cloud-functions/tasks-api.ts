/** The REST API of Cloud Tasks: `POST /v2/{queue}/tasks`, as its clients call it. Nothing else is served. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../function-host/loopback.js';
import type { DispatchingQueue } from './task-queue.js';
import { answerOf, invalid, TasksError, taskIn } from './task-request.js';

const PATH = /^\/v2\/(?<queue>projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+)\/tasks$/;

/** Answers one request of the API. `find` looks for a queue by its whole name. */
export async function answerTasks(
  request: IncomingMessage,
  response: ServerResponse,
  find: (queue: string) => DispatchingQueue | undefined,
): Promise<void> {
  const body = await bodyOf(request);
  try {
    answerWith(response, 200, createTask(request, body, find));
  } catch (error) {
    if (!(error instanceof TasksError)) throw error;
    const { code, status, message } = error;
    answerWith(response, code, { error: { code, message, status } });
  }
}

function createTask(
  request: IncomingMessage,
  body: Buffer,
  find: (queue: string) => DispatchingQueue | undefined,
): object {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const name = PATH.exec(decodeURI(pathname))?.groups?.queue;
  if (request.method !== 'POST' || name === undefined)
    throw new TasksError(404, 'UNIMPLEMENTED', `${request.method} ${pathname} is not served here`);
  const queue = find(name);
  if (queue === undefined) throw new TasksError(404, 'NOT_FOUND', `Queue does not exist: ${name}`);
  const task = taskIn(jsonIn(body), name);
  if (queue.take(task)) return answerOf(task);
  throw new TasksError(
    409,
    'ALREADY_EXISTS',
    `The task cannot be created because a task with this name existed too recently: ${task.name}`,
  );
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw invalid(`Invalid JSON payload received: ${String(error)}`);
  }
}

function answerWith(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}
