// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Versions that are not asked for, are those of something else, or come back; and refusals of them that are taken for another thing. */

const STORE = 'src/store.ts';
const ERRORS = 'src/errors.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const VERSIONS = [
  {
    id: 'replacement without its version',
    what: 'a replacement names no version',
    source: 'usual sin: a precondition left out',
    laws: ['store/one-winner'],
    patches: [
      {
        file: STORE,
        find: 'reference.update(data, { lastUpdateTime: timeOf(version) })',
        put: 'reference.update(data)',
      },
    ],
  },
  {
    id: 'delete without its version',
    what: 'a delete names no version',
    source: 'usual sin: a precondition left out',
    laws: ['store/one-winner'],
    patches: [{ file: STORE, find: '.delete({ lastUpdateTime: timeOf(version) })', put: '.delete()' }],
  },
  {
    id: 'create overwrites',
    what: 'a create asks nothing',
    source: 'usual sin: set for create',
    laws: ['store/create-once'],
    patches: [{ file: STORE, find: 'reference.create(data).then(', put: 'reference.set(data).then(' }],
  },
  {
    id: 'create of what is there is an error',
    what: 'what is said of a row that is there is thrown',
    source: 'usual sin: ALREADY_EXISTS is not looked at',
    laws: ['store/refusal-changes-nothing'],
    patches: [{ file: STORE, find: 'if (isThere(error)) return', put: 'if (error === undefined) return' }],
  },
  {
    id: 'version read anew',
    what: 'a replacement reads the row’s version just before, and its tests passed on an older content',
    source: 'usual sin: condition evaluated before the write',
    laws: ['store/one-winner'],
    patches: [
      {
        file: STORE,
        find: 'reference.update(data, { lastUpdateTime: timeOf(version) })',
        put: 'reference.update(data, { lastUpdateTime: (await reference.get()).updateTime ?? timeOf(version) })',
      },
    ],
  },
  {
    id: 'version of the read',
    what: 'the version that a replacement gives is the one that it replaced',
    source: 'usual sin: the time of the request for that of its write',
    laws: ['store/versions'],
    patches: [
      {
        file: STORE,
        find: `      return { version: versionOf(writeTime) };
    });
  }

  remove`,
        put: `      return { version: versionOf(writeTime) && version };
    });
  }

  remove`,
      },
    ],
  },
  {
    id: 'version in whole seconds',
    what: 'a version is a number of seconds',
    source: 'usual sin: the time as a Date',
    laws: ['store/versions'],
    patches: [
      {
        file: STORE,
        find: 'return `${seconds}.${nanoseconds}`;',
        put: 'return `${seconds}.${0 * nanoseconds}`;',
      },
    ],
  },
  {
    id: 'stale is an error',
    what: 'what is said of another version is thrown',
    source: 'usual sin: FAILED_PRECONDITION is not looked at',
    laws: ['store/one-winner'],
    patches: [
      {
        file: ERRORS,
        find: 'if (code === CODES.failedPrecondition) return !OTHER_MODE.test(message);',
        put: 'if (code === CODES.failedPrecondition) return OTHER_MODE.test(message);',
      },
    ],
  },
  {
    id: 'stale is refused',
    what: 'a write that met another version is said to be refused, whatever stands there now',
    source: 'versioned-store.ts: stale is never a refusal',
    laws: ['store/every-addition'],
    patches: [
      {
        file: 'core/platform/versioned-store.ts',
        find: '        mark = result.mark ?? mark;\n',
        put: '        return { applied: false };\n',
      },
    ],
  },
];
