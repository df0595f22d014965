// Node's error codes as the C library words and numbers them.
import { HostError } from "../vm/host.js";

/** Linux errno and strerror text of the codes that file and process calls can give. */
const ERRORS: Readonly<Record<string, readonly [errno: number, text: string]>> = {
  EPERM: [1, "Operation not permitted"],
  ENOENT: [2, "No such file or directory"],
  ESRCH: [3, "No such process"],
  EINTR: [4, "Interrupted system call"],
  EIO: [5, "Input/output error"],
  ENXIO: [6, "No such device or address"],
  E2BIG: [7, "Argument list too long"],
  ENOEXEC: [8, "Exec format error"],
  EBADF: [9, "Bad file descriptor"],
  ECHILD: [10, "No child processes"],
  EAGAIN: [11, "Resource temporarily unavailable"],
  ENOMEM: [12, "Cannot allocate memory"],
  EACCES: [13, "Permission denied"],
  EFAULT: [14, "Bad address"],
  EBUSY: [16, "Device or resource busy"],
  EEXIST: [17, "File exists"],
  EXDEV: [18, "Invalid cross-device link"],
  ENODEV: [19, "No such device"],
  ENOTDIR: [20, "Not a directory"],
  EISDIR: [21, "Is a directory"],
  EINVAL: [22, "Invalid argument"],
  ENFILE: [23, "Too many open files in system"],
  EMFILE: [24, "Too many open files"],
  ENOTTY: [25, "Inappropriate ioctl for device"],
  ETXTBSY: [26, "Text file busy"],
  EFBIG: [27, "File too large"],
  ENOSPC: [28, "No space left on device"],
  ESPIPE: [29, "Illegal seek"],
  EROFS: [30, "Read-only file system"],
  EMLINK: [31, "Too many links"],
  EPIPE: [32, "Broken pipe"],
  ERANGE: [34, "Numerical result out of range"],
  ENAMETOOLONG: [36, "File name too long"],
  ENOSYS: [38, "Function not implemented"],
  ENOTEMPTY: [39, "Directory not empty"],
  ELOOP: [40, "Too many levels of symbolic links"],
  EOVERFLOW: [75, "Value too large for defined data type"],
  EOPNOTSUPP: [95, "Operation not supported"],
  ENOTSUP: [95, "Operation not supported"],
  ECONNRESET: [104, "Connection reset by peer"],
  ETIMEDOUT: [110, "Connection timed out"],
  ECONNREFUSED: [111, "Connection refused"],
  EDQUOT: [122, "Disk quota exceeded"],
};

/** The host error for a code such as "ENOENT". */
export function hostError(code: string): HostError {
  const [errno, text] = ERRORS[code] ?? [5, code];
  return new HostError(text, errno);
}

/** The `code` of an error thrown by Node ("" when it has none). */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Runs a Node call; what it throws becomes a HostError with the platform's own number. */
export function hostCall<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toHostError(error);
  }
}

/** An error thrown by Node → HostError; anything else passes through unchanged. */
export function toHostError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === "") return error;
  const known = hostError(code);
  const errno = error instanceof Error && "errno" in error && typeof error.errno === "number" ? Math.abs(error.errno) : known.errno;
  return new HostError(known.message, errno);
}
