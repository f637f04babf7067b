"""The daemon's capabilities, and how programs are started without them.

They are ambient ones, so that ``iw`` and ``nft`` have them, too; whatever else is started would
inherit them as well. Each thread has its own sets, and a program begins with those of the thread
that starts it (capabilities(7), "Thread capability sets").
"""

import ctypes
import os

_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4


def give_up() -> None:
    """Let no program that the calling thread starts have capabilities, unless root runs it.

    For this thread, and for good. Raises ``OSError``: then nothing may be started. prctl(2) is one
    of the few ways that the service's filter of system calls leaves; setpriv(1) needs capset(2).
    """
    zero = ctypes.c_ulong(0)  # each argument is a long: what is passed as an int is not whole
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_CLEAR_ALL), zero, zero, zero):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "prctl")
