// Who may import whom. Each rule says why; docs/architecture.md draws the same house in words.

const ROOMS = [
  "policy",
  "operations",
  "grants",
  "audit",
  "session",
  "gate",
  "hcp",
  "system",
  "doctor",
  "demo",
  "agents",
  "cli",
  "gateway",
];

/** A rule that a room imports only from the rooms named, and from itself. */
function room(name, allowed, comment) {
  const forbidden = ROOMS.filter((other) => other !== name && !allowed.includes(other));
  return {
    name: `${name}-imports`,
    comment,
    severity: "error",
    from: { path: `^src/${name}/` },
    to: { path: `^src/(${forbidden.join("|")})/` },
  };
}

/** A rule that a library is imported in one place only. */
function home(library, path, comment) {
  return {
    name: `home-of-${library}`,
    comment,
    severity: "error",
    from: { path: "^src/", pathNot: path },
    to: { path: `node_modules/${library}/` },
  };
}

export default {
  forbidden: [
    room("policy", [], "The rule is pure: facts come in, a decision goes out."),
    room("system", [], "The outside world knows nothing of what we do with it."),
    room("operations", ["policy"], "Reading an operation needs words, and look-ups as a port."),
    room("grants", ["policy", "system"], "A store keeps grants; it does not enforce them."),
    room(
      "hcp",
      ["policy", "system"],
      "A client of the API; whether to use it is not its question.",
    ),
    room("audit", ["policy", "system"], "The log keeps what it is told; it knows no surface."),
    room(
      "session",
      ["policy", "grants", "audit", "system"],
      "A session decides from its own memory.",
    ),
    room(
      "gate",
      ["policy", "grants", "session", "audit", "hcp", "system"],
      "The one door gathers facts; it reads no raw input.",
    ),
    room(
      "doctor",
      ["policy", "operations", "grants", "session", "gate", "audit", "hcp", "system"],
      "Checks look at everything but the surfaces, which bring their own.",
    ),
    room(
      "demo",
      ["system"],
      "The stand-in is an outside world of its own: it must not share our mistakes.",
    ),
    room(
      "agents",
      ["policy", "system"],
      "Other people's programs: how each one is configured, and how its hooks speak.",
    ),
    room(
      "cli",
      [
        ...["policy", "operations", "gate", "session", "audit", "doctor", "hcp", "system"],
        ...["demo", "agents", "gateway"],
      ],
      "A surface turns input into operations and decisions into text; it never decides.",
    ),
    room(
      "gateway",
      ["policy", "operations", "gate", "session", "audit", "doctor", "hcp", "system"],
      "A surface, for agents: it never decides, and knows nothing of the command line.",
    ),
    {
      name: "the-gateways-doors",
      comment: "The command line starts the gateway and its doctor, and looks no further in.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: "^src/gateway/", pathNot: "^src/gateway/(serve|doctor)\\.ts$" },
    },
    {
      name: "surfaces-read-the-log",
      comment: "Whoever decides writes the audit log; a surface shows it.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: "^src/audit/log\\.ts$" },
    },
    {
      name: "only-the-gate-mutates",
      comment: "One door: nothing else can send what changes or destroys something.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(gate/|hcp/mutate\\.ts$)" },
      to: { path: "^src/hcp/mutate\\.ts$" },
    },
    {
      name: "only-sessions-launch",
      comment:
        "A session's child is started in one place, a gated command in another; the demo plays.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot:
          "^src/(session/launch/|gate/(executors/(command|program)|courier)\\.ts$|system/processes-ps\\.ts$|demo/)",
      },
      to: { path: "^(node:)?child_process$" },
    },
    {
      name: "callers-are-not-hosts",
      comment: "A nested command starts often: it must not load what only a session's host needs.",
      severity: "error",
      from: { path: "^src/session/(caller|protocol)/" },
      to: {
        path: "^src/session/(host|launch)/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "policy-does-nothing",
      comment: "No files, no network, no processes, no clock in the rule; hashing is arithmetic.",
      severity: "error",
      from: { path: "^src/policy/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    home("commander", "^src/cli/", "Flags and help are the command line's."),
    home(
      "ps-list",
      "^src/system/processes-ps\\.ts$",
      "Its `ps` must be one that PATH cannot replace.",
    ),
    home("proper-lockfile", "^src/system/lock\\.ts$", "It says who owns a file, and never more."),
    home("hcl2-parser", "^src/hcp/hcl(-parser)?\\.ts$", "It hides errors and can be poisoned."),
    home("canonicalize", "^src/policy/digest\\.ts$", "One form of a digest."),
    home("picocolors", "^src/cli/", "Colour is a matter of the terminal."),
    home(
      "zod",
      "^src/(session/protocol/messages|policy/policy-(file|schema)[a-z-]*|grants/[a-z/-]+|audit/[a-z-]+|gateway/.+|agents/.+|gate/plans/.+|operations/(terraform|kubectl)/.+)\\.ts$",
      "Untrusted words are checked where they come in.",
    ),
    home("libsql", "^src/grants/approvals/sqlite", "One database, one place that speaks to it."),
    home(
      "postgres",
      "^src/grants/approvals/postgres",
      "One database, one place that speaks to it.",
    ),
    home(
      "yaml",
      "^src/(policy/policy-file|operations/kubectl/manifest)\\.ts$",
      "Policy is YAML, and so are manifests; nothing else is.",
    ),
    home("unbash", "^src/operations/shell/", "Shell text is read in one place, and run in none."),
    home(
      "@modelcontextprotocol",
      "^src/gateway/",
      "The protocol is the gateway's; its doctor is a client of it.",
    ),
    home("jsonc-parser", "^src/agents/", "Other programs' files keep their comments."),
    {
      name: "no-cycles",
      comment: "Whoever reads a file should be able to start somewhere. Types may look back.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      comment: "What nothing imports is dead.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: "^src/(main|index)",
      },
      to: {},
    },
    {
      name: "no-tests-in-sources",
      comment: "What is shipped does not know how it is tested.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^test/|node_modules/(vitest|fast-check)/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: "specify",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"] },
  },
};
