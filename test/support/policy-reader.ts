// Reads the policy, and says what came of it and whether the YAML parser, which is not in the bundle,
// was loaded for it.

import { readPolicy } from "../../src/gate/policy-source.ts";

const [configDirectory = "", systemFile = ""] = process.argv.slice(2);

readPolicy({ configDirectory, systemFile }).then(
  ({ files }) => {
    const yaml = Object.keys(require.cache).some((path) => path.includes("/node_modules/yaml/"));
    process.stdout.write(JSON.stringify({ files, yaml, uid: process.getuid?.() }));
  },
  (error: Error) => process.stderr.write(error.message),
);
