/**
 * Whether an engine would ask a registry for this image: its first part names a host. `localhost/` never does, though
 * podman puts it in front of what was made here.
 */
export function hasRegistry(image: string): boolean {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && first !== "localhost" && /[.:]/.test(first);
}
