// The version, from package.json alone.

import manifest from "../package.json" with { type: "json" };

/** What `holdfast --version` prints. */
export const VERSION: string = manifest.version;
