/** Bits of Frame.flags. A Lua frame with no bit set was called by a CALL instruction and returns the fast way. */
export const enum FrameFlag {
  /** Entry of a nested run (Thread.call): returning from it leaves the interpreter loop. */
  Fresh = 1,
  /** Called for a metamethod: its result finishes the interrupted instruction of the frame below. */
  Meta = 2,
  /** Called by TFORCALL. */
  ForIterator = 4,
  /** Counts as one level in Thread.nativeDepth (what C Lua counts in nCcalls). */
  Counted = 8,
  /** Called by a native frame through CALL; results go to that frame's continuation. */
  FromNative = 16,
  /** On a native frame: errors above it stop here and go to its continuation (pcall). */
  Protected = 32,
  /** A hook runs on top of this frame. */
  InHook = 64,
  /** A finalizer runs on top of this frame. */
  InFinalizer = 128,
  /** The hook of the instruction at pc has run already and yielded. */
  HookYielded = 256,
  /** The frame runs a hook function: its return resumes the hooked instruction. */
  Hook = 512,
  /** A native in tail position: its results are the results of the Lua frame below. */
  NativeTail = 2048,
  /** Transfer information for debug.getinfo "r" is valid (call and return hooks). */
  Transfer = 1024,
  /** A native of the VM's own that no traceback or level counts. */
  Hidden = 4096,
  /** A message handler in a run that can be suspended: what it returns is raised in the place of the error. */
  Handler = 8192,
}
