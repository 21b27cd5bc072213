# Runs a command that may make no Unix socket, as the sandboxes of agents do it (seccomp).
import ctypes, os, platform, sys

SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]


class Filter(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("filter", ctypes.POINTER(Filter))]


steps = (Filter * 6)(
    Filter(0x20, 0, 0, 0),  # which system call
    Filter(0x15, 0, 3, SOCKET),
    Filter(0x20, 0, 0, 16),  # its first argument, the family
    Filter(0x15, 0, 1, 1),  # AF_UNIX
    Filter(0x06, 0, 0, 0x00050001),  # EPERM
    Filter(0x06, 0, 0, 0x7FFF0000),  # let it pass
)
prctl = ctypes.CDLL(None, use_errno=True).prctl
if prctl(38, 1, 0, 0, 0) != 0 or prctl(22, 2, ctypes.byref(Program(6, steps))) != 0:
    sys.exit("seccomp: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
