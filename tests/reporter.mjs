// Reporter for Node's test runner: a line for each test that failed, and at the end how many passed and failed.
// A file that could not be run at all is one failure; a suite or file that only holds a failed test is none.
const leaf = (data) => data.details?.type !== 'suite';
const isFile = (data) => data.nesting === 0 && data.name.endsWith('.mjs');
const onlyHolds = (data) => data.details?.error?.failureType === 'subtestsFailed';

const why = (error) => {
  const cause = error?.cause ?? error;
  return (cause?.stack ?? cause?.message ?? String(cause)).split('\n').slice(0, 12).join('\n    ');
};

export default async function* reporter(source) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for await (const { type, data } of source) {
    if (type === 'test:pass' && leaf(data) && !isFile(data)) {
      if (data.skip === undefined && data.todo === undefined) passed += 1;
      else if (!data.skip?.includes?.('does not match pattern')) {
        skipped += 1;
        yield `  skipped ${data.name}: ${data.skip}\n`;
      }
    } else if (type === 'test:fail' && !onlyHolds(data)) {
      failed += 1;
      yield `  FAILED ${data.name}\n    ${why(data.details?.error)}\n`;
    } else if (type === 'test:stderr' && process.env.STELE_TEST_VERBOSE) {
      yield data.message;
    }
  }
  yield `counts ${passed} ${failed} ${skipped}\n`;
}
