/** The version of package.json, put in when the executable is built. */
declare const MANYOYO_VERSION: string;
