// Lua 5.3 in JavaScript (npm: fengari). Slow: only on request.
import { lauxlib, lua, lualib, to_jsstring, to_luastring } from "fengari";
import { PRELUDE, type Session } from "../lib/session.js";

export function openFengari(): Session {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  const check = (status: number): void => {
    if (status !== lua.LUA_OK) throw new Error(to_jsstring(lua.lua_tostring(state, -1)));
  };
  check(lauxlib.luaL_loadstring(state, to_luastring(PRELUDE)));
  check(lua.lua_pcall(state, 0, 0, 0));
  return {
    load(source, name) {
      lua.lua_getglobal(state, to_luastring("bench_load"));
      lua.lua_pushstring(state, to_luastring(source));
      lua.lua_pushstring(state, to_luastring(`=${name}`));
      check(lua.lua_pcall(state, 2, 0, 0));
    },
    run() {
      lua.lua_getglobal(state, to_luastring("bench_run"));
      check(lua.lua_pcall(state, 0, 1, 0));
      const output = to_jsstring(lua.lua_tostring(state, -1));
      lua.lua_settop(state, 0);
      return output;
    },
  };
}
