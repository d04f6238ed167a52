// Imports run one way: sources → history → analysis → report → render. Each rule says why. Types may cross (tsPreCompilationDeps is off for them).
const only = (from, to, why) => ({
  name: `${from}-imports`,
  comment: why,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/(${[from, ...to].join('|')})/`], dependencyTypesNot: ['type-only'] },
});
const home = (name, path, why) => ({
  name: `${name.replace(/[^a-z0-9]+/gi, '-')}-home`,
  comment: why,
  severity: 'error',
  from: { path: '^src/', pathNot: path },
  to: { path: `node_modules/${name}/`, dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'A cycle has no reading order.', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    only('model', [], 'The vocabulary depends on nothing.'),
    only('stats', [], 'Numbers in, numbers out.'),
    only('sources', ['model'], 'Reading knows nothing of judging.'),
    only('catalogs', ['model'], 'Figures are data.'),
    only('history', ['model', 'sources', 'stats'], 'History is made of what sources deliver.'),
    only('analysis', ['model', 'stats', 'catalogs'], 'Judgement is pure: no reading, no words.'),
    only('locales', ['model'], 'Words know only what they name.'),
    only('report', ['model', 'locales'], 'The telling sees the Analysis and the words.'),
    only('charts', ['report'], 'A chart draws a block.'),
    only('render', ['model', 'report', 'charts'], 'Renderers never compute; of the model they need its errors.'),
    home('@duckdb/node-api', '^src/history/', 'One place knows SQL.'),
    home('csv-parse', '^src/(sources/csv|catalogs)/', 'One place knows CSV.'),
    home('ioredis', '^src/sources/live/', 'One place talks to servers.'),
    home('handlebars', '^src/render/html', 'One place knows templates.'),
    home('write-excel-file', '^src/render/figures-xlsx', 'One place writes workbooks.'),
    home('puppeteer', '^src/render/pdf', 'One place starts a browser.'),
    home('prom-client', '^src/cli/metrics/', 'One place counts for Prometheus.'),
    home('commander', '^src/cli/', 'One place reads argv.'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
