// Put in when the executable is built: nothing is read for them.

/** The version of package.json. */
declare const MANYOYO_VERSION: string;
/** The commit that a release was built from, `-dirty` behind it where files had been changed; "" in any other build. */
declare const MANYOYO_COMMIT: string;
/** What the executable runs on: `linux-x64`, `linux-arm64-musl`, ... */
declare const MANYOYO_TARGET: string;
