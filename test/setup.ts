import fc from 'fast-check';

// The same cases on every run, so that a red run can be looked at again; another seed is tried with FAST_CHECK_SEED=1234 npm test.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });

// Without --lang the environment chooses the language of a report. Tests have none, whoever runs them.
for (const name of ['LC_ALL', 'LC_MESSAGES', 'LANG']) delete process.env[name];
