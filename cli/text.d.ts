declare module "*.bash" {
  const text: string;
  export default text;
}

declare module "*/_manyoyo" {
  const text: string;
  export default text;
}

declare module "*.fish" {
  const text: string;
  export default text;
}
