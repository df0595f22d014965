// The part of fengari (0.1) that the testing kit and the benches use; the package ships no types.
declare module "fengari" {
  type State = { readonly opaque: unique symbol };
  export const lua: {
    readonly LUA_OK: number;
    lua_pcall(state: State, args: number, results: number, handler: number): number;
    lua_getglobal(state: State, name: Uint8Array): number;
    lua_pushstring(state: State, text: Uint8Array): void;
    lua_tostring(state: State, index: number): Uint8Array;
    lua_settop(state: State, top: number): void;
  };
  export const lauxlib: { luaL_newstate(): State; luaL_loadstring(state: State, source: Uint8Array): number };
  export const lualib: { luaL_openlibs(state: State): void };
  export function to_luastring(text: string): Uint8Array;
  export function to_jsstring(bytes: Uint8Array): string;
}
