/** Where a real server that a test needs must be there: without it the test fails, elsewhere it is skipped and says why. */
export const REQUIRED: boolean = process.env['CI'] === 'true' || process.env['ROLLCALL_TEST_REQUIRED'] === 'true';
