// Where systems have their own programs; nobody but root writes there.
const system = /^(\/usr(\/local)?)?\/s?bin$/;
const systemFolder = /^\/(bin|etc|home|lib[^/]*|mnt|opt|root|sbin|srv|tmp|usr|usr\/local|var)?$/;

/**
 * The PATH by which this program, and whatever it starts, looks for programs: without places where an agent writes, who
 * could put a `docker` of its own there, or a `cat`. These are relative and empty entries, the folder that we are in and
 * what is below it (unless it holds the whole home or is the system's, so that nobody works there), and every
 * `node_modules/.bin`, which npm puts in front for all folders above as well. Pure.
 */
export function searchPath(path: string, folder: string | undefined, home: string | undefined): string {
  const isNobodys =
    folder === undefined || systemFolder.test(folder) || (home !== undefined && isBelow(home, folder));
  return path
    .split(":")
    .filter((entry) => {
      if (!entry.startsWith("/") || /\/node_modules\/\.bin\/*$/.test(entry)) return false;
      // Any other spelling of a folder below ours (`/x/../ours`) is rare enough to be left out as a whole.
      if (/\/\.{1,2}(\/|$)/.test(entry)) return false;
      return isNobodys || system.test(entry) || !isBelow(entry, folder);
    })
    .join(":");
}

function isBelow(path: string, folder: string): boolean {
  return `${path}/`.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
