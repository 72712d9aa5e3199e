// As docker and buildah themselves hand them to a build, and keep them out of its history.
const proxyNames = ["http_proxy", "https_proxy", "no_proxy", "all_proxy", "ftp_proxy"] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a variable tells of a proxy. */
export function isProxyName(name: string): boolean {
  return proxyNames.some((each) => each === name || each.toUpperCase() === name);
}

/** The proxy variables that are set, in either spelling. */
export function proxyVariables(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => isProxyName(entry[0]) && !!entry[1]),
  );
}

/** Whether one of these addresses is this machine itself, which a build reaches only on the host's own network. */
export function isLoopback(addresses: readonly string[]): boolean {
  return addresses.some((address) => {
    const host = /^(?:[a-z0-9]+:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/i.exec(address)?.[1] ?? "";
    return /^(localhost|127\..*|\[::1\])$/i.test(host);
  });
}
