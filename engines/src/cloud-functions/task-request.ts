/** The JSON of `CreateTask`: what comes, as a task, and a task as it is answered. */
import { randomUUID } from 'node:crypto';
import type { OidcToken } from './identity-token.js';
import type { Task } from './task-queue.js';

/** A request of the API that cannot be carried out, as any client of the API reads it. */
export class TasksError extends Error {
  override readonly name = 'TasksError';

  constructor(
    readonly code: number,
    readonly status: 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'UNIMPLEMENTED',
    message: string,
  ) {
    super(message);
  }
}

/** In the order of the API's enum, whose numbers clients may send instead. */
const METHODS = ['HTTP_METHOD_UNSPECIFIED', 'POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);
const ID = /^[A-Za-z0-9_-]{1,500}$/;
const DURATION = /^(\d+(?:\.\d{1,9})?)s$/;
const DAYS = 24 * 3_600_000;
/** The farthest time that a task may be scheduled for. */
const AHEAD_MS_MAX = 30 * DAYS;
const DEADLINE = '600s';

type Fields = Readonly<Record<string, unknown>>;

/** The task that a request wants in a queue. @throws TasksError where it is none */
export function taskIn(body: unknown, queue: string): Task {
  const task = fieldsOf(fieldsOf(body).task);
  const http = fieldsOf(task.httpRequest);
  const url = textOf(http.url);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw invalid(`HttpRequest.url must be an http or https URL, not ${JSON.stringify(url)}`);
  const method = methodOf(http.httpMethod);
  const bytes = Buffer.from(textOf(http.body), 'base64');
  if (bytes.length > 0 && !WITH_BODY.has(method)) throw invalid(`a ${method} request has no body`);
  const now = Date.now();
  return {
    name: nameOf(textOf(task.name), queue),
    url,
    method,
    headers: Object.fromEntries(Object.entries(fieldsOf(http.headers)).map(([k, v]) => [k, textOf(v)])),
    body: bytes,
    oidcToken: tokenOf(http.oidcToken),
    scheduledAt: timeOf(textOf(task.scheduleTime), now),
    createdAt: now,
    deadlineMs: durationOf(textOf(task.dispatchDeadline) || DEADLINE),
  };
}

/** A task as the API answers it, without its body: the view BASIC. */
export function answerOf(task: Task): object {
  const { name, url, method, headers, oidcToken, scheduledAt, createdAt, deadlineMs } = task;
  return {
    name,
    httpRequest: { url, httpMethod: method, headers, ...(oidcToken === undefined ? {} : { oidcToken }) },
    scheduleTime: new Date(scheduledAt).toISOString(),
    createTime: new Date(createdAt).toISOString(),
    dispatchDeadline: `${deadlineMs / 1_000}s`,
    view: 'BASIC',
  };
}

function nameOf(name: string, queue: string): string {
  if (name === '') return `${queue}/tasks/${randomUUID().replaceAll('-', '')}`;
  const prefix = `${queue}/tasks/`;
  if (!name.startsWith(prefix) || !ID.test(name.slice(prefix.length)))
    throw invalid(`a task's name is ${prefix}<id>, the id of ${ID.source}, not ${name}`);
  return name;
}

function methodOf(given: unknown): string {
  const name = typeof given === 'number' ? METHODS[given] : textOf(given);
  if (name === '' || name === METHODS[0]) return 'POST';
  if (name === undefined || !METHODS.includes(name))
    throw invalid(`there is no HTTP method ${String(given)}`);
  return name;
}

function tokenOf(given: unknown): OidcToken | undefined {
  if (given === undefined || given === null) return undefined;
  const { serviceAccountEmail, audience } = fieldsOf(given);
  const email = textOf(serviceAccountEmail);
  if (email === '') throw invalid('OidcToken.service_account_email is required');
  const receiver = textOf(audience);
  return { serviceAccountEmail: email, ...(receiver === '' ? {} : { audience: receiver }) };
}

function timeOf(text: string, now: number): number {
  if (text === '') return now;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(`${text} is no time`);
  if (time > now + AHEAD_MS_MAX) throw invalid('the schedule time must be within 30 days');
  return Math.max(time, now);
}

function durationOf(text: string): number {
  const seconds = Number(DURATION.exec(text)?.[1]);
  if (!(seconds > 0)) throw invalid(`${text} is no duration such as 600s`);
  return seconds * 1_000;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw invalid(`${JSON.stringify(value)} is no text`);
}

function fieldsOf(value: unknown): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid(`${JSON.stringify(value)} is no object`);
  return { ...value };
}

/** An argument has a value that it cannot have. */
export function invalid(message: string): TasksError {
  return new TasksError(400, 'INVALID_ARGUMENT', message);
}
