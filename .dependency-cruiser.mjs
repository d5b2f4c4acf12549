/**
 * Which part may import which. Each rule says what to do instead; `npm run check` prints it.
 * test/support/architecture.spec.ts proves that every rule here can fail.
 */
const SPEC = '\\.spec\\.ts$';
const ADAPTER = '\\.(memory|redis)\\.ts$';
const FEATURE = '^src/(signaling|rooms|users|auth|chat|ice|audit|bridges)/';
const npm = (...names) => `node_modules/(@types/)?(${names.join('|')})/`;

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

const forbidden = [
  rule(
    'no-cycles',
    'Two files that import each other die at import ("before initialization"), and neither can be read alone. Move what both need into a third file, or publish a cluster event.',
    {},
    { circular: true },
  ),
  rule(
    'resolvable',
    'This import leads nowhere. A relative import ends in .js, a package is in package.json, and @parley/* is built first (npm run build).',
    {},
    { couldNotResolve: true },
  ),
  rule(
    'declared-packages',
    'This package is there only because another one needs it. Add it to package.json, or do without.',
    { path: '^(src|protocol/src|client/src|client-demo/src)/' },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'no-development-packages-at-run-time',
    'The image has no development packages: this would work here and fail there. Move the package to "dependencies".',
    { path: '^(src|protocol/src|client/src)/', pathNot: SPEC },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'protocol-imports-nothing',
    'protocol is the contract that a stranger can read alone: it imports nothing but itself.',
    { path: '^protocol/src/', pathNot: SPEC },
    { pathNot: '^protocol/src/' },
  ),
  rule(
    'client-imports-protocol-alone',
    'The SDK has no dependency but @parley/protocol: what it needs from outside (WebSocket, clock, randomness) comes in through its options.',
    { path: '^client/src/', pathNot: SPEC },
    { pathNot: ['^client/src/', '^protocol/(src|dist)/index\\.(ts|js|d\\.ts)$'] },
  ),
  rule(
    'demo-imports-client-alone',
    "The demo is built on @parley/client's public entry, as anyone's application is. What it misses there is missing in the SDK: export it.",
    { path: '^client-demo/src/', pathNot: SPEC },
    { pathNot: ['^client-demo/', '^client/(src|dist)/index\\.(ts|js|d\\.ts)$', npm('preact', '@preact/signals')] },
  ),
  rule(
    'signaling-core-knows-no-framework',
    'Everything below src/signaling runs in unit tests and in the simulation without a framework: take a port (presence, bus, chat-log …) and let signaling.module.ts hand in the adapter.',
    { path: '^src/signaling/', pathNot: [SPEC, '\\.(controller|gateway|module)\\.ts$'] },
    { path: [npm('@nestjs/[^/]+', 'ws', 'ioredis'), ADAPTER] },
  ),
  rule(
    'bus-and-presence-know-no-feature',
    'bus, presence, names and topics serve features and know none: pass what they need as data.',
    { path: '^src/(bus|presence|names|topics)/' },
    { path: FEATURE },
  ),
  rule(
    'websocket-knows-no-feature',
    'The transport serves sessions and bridges and knows neither: take an interface (SocketListener, DrainableSessions), and let the module hand in what implements it.',
    { path: '^src/(websocket|rate-limit)/', pathNot: SPEC },
    { path: [FEATURE, '^src/(bus|presence|names|topics|scheduler|database)/'] },
  ),
  rule(
    'clock-and-ids-know-nothing',
    'Everything may import clock and ids, so they import no other part.',
    { path: '^src/(clock|ids)/', pathNot: SPEC },
    { path: '^src/(?!clock/|ids/)' },
  ),
  rule(
    'codec-knows-no-session',
    'The codec turns bytes into messages and back: what a message leads to is in messages/, rooms/ and moderation/.',
    { path: '^src/signaling/codec/', pathNot: SPEC },
    { path: '^src/signaling/(?!codec/)' },
  ),
  rule(
    'adapters-know-their-port-alone',
    'The memory and the Redis adapter of presence share the port and nothing else: what both need is beside the port.',
    { path: '^src/presence/(memory|redis)/' },
    { path: '^src/presence/(memory|redis)/', pathNot: '^src/presence/$1/' },
  ),
  rule(
    'bridges-know-ports-alone',
    'A bridge translates: it takes ports from BridgeServices and sockets from BridgeSocket, and knows no framework, no other bridge and nothing of signaling. What it misses belongs to a port, or to the frame (src/bridges/*.ts).',
    { path: '^src/bridges/([^/]+)/', pathNot: SPEC },
    {
      path: [
        npm('@nestjs/[^/]+', 'ws', 'ioredis', 'fastify'),
        '^src/(signaling|rooms|users|chat|database|redis|http|ops)/',
        '^src/bridges/[^/]+/',
      ],
      pathNot: '^src/bridges/$1/',
    },
  ),
  rule(
    'bridges-meet-signaling-in-their-module',
    'Bridges and signaling share src/websocket and src/rate-limit: move what both need there.',
    { path: '^src/bridges/', pathNot: [SPEC, '\\.module\\.ts$'] },
    { path: '^src/signaling/' },
  ),
  rule(
    'the-core-knows-no-bridge',
    'A bridge stands on the core, never in it: what all bridges need is in src/bridges/*.ts, and ops and main put them in.',
    { path: '^src/(?!bridges/|ops/|main\\.ts|app\\.module\\.ts)', pathNot: SPEC },
    { path: '^src/bridges/' },
  ),
  rule(
    'only-modules-name-adapters',
    'Import the port; *.module.ts alone decides which adapter it is.',
    { path: '^src/', pathNot: [SPEC, '\\.module\\.ts$'] },
    { path: `^src/.+${ADAPTER}` },
  ),
  rule(
    'only-redis-makes-redis-clients',
    'Connections have settings that were measured (src/redis): take a connection from there, and import ioredis elsewhere as a type only.',
    { path: '^src/', pathNot: ['^src/redis/', SPEC] },
    { path: npm('ioredis'), dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'only-database-knows-the-driver',
    'src/database owns the connection: inject its database, and name its types by what src/database exports.',
    { path: '^src/', pathNot: ['^src/database/', SPEC] },
    { path: ['node_modules/(@types/)?pg/', 'node_modules/drizzle-orm/node-postgres/'] },
  ),
  rule(
    'only-stores-write-queries',
    'Queries live in *.store.ts: ask the store, or give it a method.',
    { path: '^src/', pathNot: ['^src/database/', '\\.store\\.ts$', SPEC] },
    { path: npm('drizzle-orm') },
  ),
  rule(
    'rest-never-calls-signaling',
    'The session may be on any node: publish a cluster event (room_closed, user_revoked), and every node acts on it.',
    { path: '^src/(rooms|users|auth|chat|ice)/' },
    { path: '^src/signaling/' },
  ),
  rule(
    'config-knows-nothing',
    'config is read first and imports no other part: the parts import it.',
    { path: '^src/config/', pathNot: SPEC },
    { path: '^src/(?!config/)' },
  ),
  rule(
    'product-never-imports-tests',
    'Test support stays in test/: it is neither built nor shipped.',
    { path: '^(src|protocol/src|client/src|client-demo/src)/', pathNot: SPEC },
    { path: ['^test/', SPEC] },
  ),
  rule(
    'product-never-imports-the-benchmark',
    'bench stands outside: it starts Parley as its users do, and nothing needs it. Move what others want to where they are.',
    { path: '^(src|protocol/src|client/src|client-demo/src|test)/' },
    { path: '^bench/' },
  ),
  rule(
    'conformance-imports-nothing-of-ours',
    'test/protocol judges any server by its URL: it imports nothing of Parley, or it would share our mistakes.',
    { path: '^test/protocol/' },
    { path: ['^(src|protocol|client|client-demo|scripts|bench)/', '^test/(?!protocol/)'] },
  ),
  rule(
    'no-drawers',
    'A folder named common, shared, utils or helpers gathers what nobody owns. A helper lives with its one user; with two users it gets a name.',
    {},
    {
      path: '(^|/)(common|shared|utils?|helpers?)/',
      pathNot: 'node_modules/',
    },
  ),
];

export default {
  forbidden,
  options: {
    tsConfig: { fileName: 'tsconfig.check.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
